using System.Reflection;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        // What a module consists of, and under which names.
        public partial class Module
        {
            private bool _areComponentsRegistered;

            /// <summary>Parameters of this module and, unless told otherwise, of its submodules.</summary>
            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                var seen = new HashSet<nint> { 0 };
                foreach (var (name, parameter) in _internal_params)
                {
                    if (seen.Add(parameter.handle))
                    {
                        yield return (name, parameter);
                    }
                }

                foreach (var (prefix, module) in Submodules(recurse))
                {
                    foreach (var (name, parameter) in module.named_parameters(true))
                    {
                        if (seen.Add(parameter.handle))
                        {
                            yield return ($"{prefix}.{name}", parameter);
                        }
                    }
                }
            }

            /// <summary>Parameters of this module and, unless told otherwise, of its submodules.</summary>
            public virtual IEnumerable<Parameter> parameters(bool recurse = true) =>
                named_parameters(recurse).Select(entry => entry.parameter);

            /// <summary>Buffers of this module and, unless told otherwise, of its submodules.</summary>
            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(
                bool recurse = true, bool include_nonpersistent = true)
            {
                // TorchSharp never lists buffers that are not saved, whatever the second argument says.
                var seen = new HashSet<nint> { 0 };
                foreach (var (name, (buffer, persistent)) in _internal_buffers)
                {
                    if (persistent && seen.Add(buffer.handle))
                    {
                        yield return (name, buffer);
                    }
                }

                foreach (var (prefix, module) in Submodules(recurse))
                {
                    foreach (var (name, buffer) in module.named_buffers(true, include_nonpersistent))
                    {
                        if (seen.Add(buffer.handle))
                        {
                            yield return ($"{prefix}.{name}", buffer);
                        }
                    }
                }
            }

            /// <summary>Buffers of this module and, unless told otherwise, of its submodules.</summary>
            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) =>
                named_buffers(recurse, include_nonpersistent).Select(entry => entry.buffer);

            /// <summary>The modules registered here.</summary>
            public virtual IEnumerable<(string name, Module module)> named_children() => _internal_submodules;

            /// <summary>The modules registered here.</summary>
            public virtual IEnumerable<Module> children() => named_children().Select(entry => entry.module);

            /// <summary>All modules below this one; this one is not among them.</summary>
            public virtual IEnumerable<(string name, Module module)> named_modules()
            {
                foreach (var child in _internal_submodules)
                {
                    yield return child;
                }

                foreach (var (prefix, child) in _internal_submodules)
                {
                    foreach (var (name, module) in child.named_modules())
                    {
                        yield return ($"{prefix}.{name}", module);
                    }
                }
            }

            /// <summary>All modules below this one; this one is not among them.</summary>
            public virtual IEnumerable<Module> modules() => named_modules().Select(entry => entry.module);

            /// <summary>Whether there is a parameter of that (dotted) name.</summary>
            public virtual bool has_parameter(string target) => get_parameter(target) is not null;

            /// <summary>Whether there is a buffer of that (dotted) name.</summary>
            public virtual bool has_buffer(string target) => get_buffer(target) is not null;

            /// <summary>The parameter of that (dotted) name, or null.</summary>
            public virtual Parameter? get_parameter(string target) =>
                _internal_params.TryGetValue(target, out var parameter)
                    ? parameter
                    : InChild(target, (child, rest) => child.get_parameter(rest));

            /// <summary>The buffer of that (dotted) name, or null.</summary>
            public virtual Tensor? get_buffer(string target) =>
                _internal_buffers.TryGetValue(target, out var buffer)
                    ? buffer.Item1
                    : InChild(target, (child, rest) => child.get_buffer(rest));

            /// <summary>Adds a tensor that is saved with the module but not trained.</summary>
            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                if (tensor is null || tensor.IsInvalid)
                {
                    throw new ArgumentNullException(nameof(tensor), "A null tensor cannot be registered as a buffer.");
                }

                if (_internal_buffers.ContainsKey(name))
                {
                    throw new InvalidOperationException($"Tensor {name} is already registered.");
                }

                _internal_buffers.Add(name, (tensor, persistent));
            }

            /// <summary>Adds a parameter.</summary>
            public virtual void register_parameter(string name, Parameter param)
            {
                if (param is null || param.IsInvalid)
                {
                    throw new ArgumentNullException(nameof(param),
                        "A null tensor cannot be registered as a parameter.");
                }

                if (_internal_params.ContainsKey(name))
                {
                    throw new InvalidOperationException($"Parameter {name} is already registered.");
                }

                _internal_params.Add(name, param);
            }

            /// <summary>Adds a submodule.</summary>
            public void add_module(string name, Module module) => register_module(name, module);

            /// <summary>Adds a submodule; null removes the one of that name.</summary>
            public virtual void register_module(string name, Module submodule)
            {
                if (submodule is null || submodule.IsDisposed)
                {
                    if (_internal_submodules.ContainsKey(name))
                    {
                        _internal_submodules.Remove(name);
                    }

                    return;
                }

                if (name.Contains('.'))
                {
                    throw new ArgumentException($"module name can't contain \".\", got: {name}");
                }

                if (name.Length == 0)
                {
                    throw new ArgumentException("module name can't be empty string \"\"");
                }

                if (_internal_submodules.ContainsKey(name))
                {
                    throw new InvalidOperationException($"Sub-module {name} is already registered.");
                }

                submodule.RegisterComponents();
                _internal_submodules.Add(name, submodule);
            }

            /// <summary>
            /// Registers every field that holds a module, a parameter or a tensor under the field's name.
            /// </summary>
            protected virtual void RegisterComponents()
            {
                if (_areComponentsRegistered)
                {
                    return;
                }

                foreach (var field in Fields())
                {
                    var name = field.ComponentName();
                    if (_internal_submodules.ContainsKey(name) || _internal_params.ContainsKey(name) ||
                        _internal_buffers.ContainsKey(name))
                    {
                        continue;
                    }

                    switch (field.GetValue(this))
                    {
                        case Module module:
                            register_module(name, module);
                            break;
                        case Parameter parameter:
                            register_parameter(name, parameter);
                            break;
                        case Tensor tensor:
                            register_buffer(name, tensor);
                            break;
                    }
                }

                _areComponentsRegistered = true;
            }

            /// <summary>Sets the parameter of a name; null removes it.</summary>
            protected void ConditionallyRegisterParameter(string name, Tensor value) =>
                ConditionallyRegisterParameter(name, value as Parameter);

            /// <summary>Sets the parameter of a name; null removes it.</summary>
            protected void ConditionallyRegisterParameter(string name, Parameter? value)
            {
                if (value is not null)
                {
                    _internal_params[name] = value;
                }
                else if (_internal_params.ContainsKey(name))
                {
                    _internal_params.Remove(name);
                }
            }

            /// <summary>Sets the buffer of a name; null removes it.</summary>
            protected void ConditionallyRegisterBuffer(string name, Tensor? value, bool persistent = true)
            {
                if (value is not null)
                {
                    _internal_buffers[name] = (value, persistent);
                }
                else if (_internal_buffers.ContainsKey(name))
                {
                    _internal_buffers.Remove(name);
                }
            }

            /// <summary>Forgets all submodules.</summary>
            protected void ClearModules() => _internal_submodules.Clear();

            private IEnumerable<(string Name, Module Module)> Submodules(bool recurse) =>
                recurse ? _internal_submodules : [];

            private T? InChild<T>(string target, Func<Module, string, T?> find)
                where T : class
            {
                var dot = target.IndexOf('.');
                if (dot < 0)
                {
                    return null;
                }

                var (first, rest) = (target[..dot], target[(dot + 1)..]);
                return named_children().Where(child => child.name == first)
                    .Select(child => find(child.module, rest))
                    .FirstOrDefault(found => found is not null);
            }

            // A derived class's fields come before its base's, and hide those of the same name.
            private IEnumerable<FieldInfo> Fields()
            {
                var seen = new HashSet<string>();
                for (var type = GetType(); type is not null && type != typeof(object); type = type.BaseType)
                {
                    foreach (var field in type.GetFields(
                        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance))
                    {
                        if (seen.Add(field.Name))
                        {
                            yield return field;
                        }
                    }
                }
            }
        }
    }
}

/// <summary>The name a field is registered under.</summary>
public static class FieldInfoExtensionMethods
{
    /// <summary>The attribute's name, or else the field's.</summary>
    public static string ComponentName(this FieldInfo field) =>
        field.GetCustomAttribute<Utils.ComponentNameAttribute>()?.Name ?? field.Name;
}
