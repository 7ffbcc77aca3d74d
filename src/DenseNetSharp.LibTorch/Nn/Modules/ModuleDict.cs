using System.Collections;
using System.Diagnostics.CodeAnalysis;
using TorchSharp.Utils;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules
{
    /// <summary>Modules by name, in order. They are registered when the dictionary itself is.</summary>
    /// <typeparam name="T">The type of the modules.</typeparam>
    public class ModuleDict<T> : Module, IDictionary<string, T>, IList<(string, T)>
        where T : Module
    {
        private readonly OrderedDict<string, T> _entries = new();
        private bool _registered;

        /// <summary>No modules yet.</summary>
        public ModuleDict()
            : base(nameof(ModuleDict))
        {
        }

        /// <summary>The number of modules.</summary>
        public int Count => _entries.Count;

        /// <summary>The dictionary can be changed.</summary>
        public bool IsReadOnly => false;

        /// <summary>The names in order.</summary>
        public ICollection<string> Keys => _entries.Keys;

        /// <summary>The modules in order.</summary>
        public ICollection<T> Values => _entries.Values;

        /// <summary>A name and a module by their place.</summary>
        public (string, T) this[int index]
        {
            get => _entries[index];
            set => _entries[index] = value;
        }

        /// <summary>A module by its name.</summary>
        public T this[string key]
        {
            get => _entries[key];
            set => _entries[key] = value;
        }

        /// <summary>Removes all modules.</summary>
        public void clear() => _entries.Clear();

        /// <summary>Names and modules in order.</summary>
        public IEnumerator<(string, T)> items() => _entries.GetEnumerator();

        /// <summary>The names.</summary>
        public IEnumerable<string> keys() => _entries.Keys;

        /// <summary>The modules.</summary>
        public IEnumerable<T> values() => _entries.Values;

        /// <summary>Adds a module.</summary>
        public void Add((string, T) item) => _entries.Add(item);

        /// <summary>Adds a module.</summary>
        public void Add(string key, T value) => _entries.Add(key, value);

        /// <summary>Adds a module.</summary>
        public void Add(KeyValuePair<string, T> item) => _entries.Add(item);

        /// <summary>Inserts a module.</summary>
        public void Insert(int index, (string, T) item) => _entries.Insert(index, item);

        /// <summary>Removes a module.</summary>
        public bool Remove((string, T) item) => _entries.Remove(item);

        /// <summary>Removes a module by its name.</summary>
        public bool Remove(string key) => _entries.Remove(key);

        /// <summary>Removes a module by its name.</summary>
        public bool Remove(KeyValuePair<string, T> item) => _entries.Remove(item);

        /// <summary>Removes a module by its place.</summary>
        public void RemoveAt(int index) => _entries.RemoveAt(index);

        /// <summary>Removes all modules.</summary>
        public void Clear() => _entries.Clear();

        /// <summary>Whether there is such an entry.</summary>
        public bool Contains((string, T) item) => _entries.Contains(item);

        /// <summary>Whether there is a module of that name.</summary>
        public bool Contains(KeyValuePair<string, T> item) => _entries.Contains(item);

        /// <summary>Whether there is a module of that name.</summary>
        public bool ContainsKey(string key) => _entries.ContainsKey(key);

        /// <summary>The place of an entry, or -1.</summary>
        public int IndexOf((string, T) item) => _entries.IndexOf(item);

        /// <summary>The module of a name, if there is one.</summary>
        public bool TryGetValue(string key, [MaybeNullWhen(false)] out T value) => _entries.TryGetValue(key, out value);

        /// <summary>Copies names and modules.</summary>
        public void CopyTo((string, T)[] array, int arrayIndex) => _entries.CopyTo(array, arrayIndex);

        /// <summary>Copies names and modules.</summary>
        public void CopyTo(KeyValuePair<string, T>[] array, int arrayIndex) => _entries.CopyTo(array, arrayIndex);

        /// <summary>Names and modules in order.</summary>
        public IEnumerator<(string, T)> GetEnumerator() => _entries.GetEnumerator();

        /// <summary>Registers the modules under their names.</summary>
        protected override void RegisterComponents()
        {
            if (_registered)
            {
                return;
            }

            foreach (var (name, module) in _entries)
            {
                register_module(name, module);
            }

            _registered = true;
        }

        IEnumerator<KeyValuePair<string, T>> IEnumerable<KeyValuePair<string, T>>.GetEnumerator() =>
            ((IEnumerable<KeyValuePair<string, T>>)_entries).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>Modules by name.</summary>
            public static Modules.ModuleDict<Module> ModuleDict(params (string, Module)[] modules) =>
                ModuleDict<Module>(modules);

            /// <summary>Modules by name.</summary>
            public static Modules.ModuleDict<T> ModuleDict<T>(params (string, T)[] modules)
                where T : Module
            {
                var result = new Modules.ModuleDict<T>();
                foreach (var entry in modules)
                {
                    result.Add(entry);
                }

                return result;
            }
        }
    }
}
