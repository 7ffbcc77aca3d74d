using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace DenseNetSharp.LibTorch.Tests;

/// <summary>
/// Prints what of an assembly other assemblies can see, one line a member, in an order that does not depend on the
/// sources.
/// </summary>
public static class ApiPrinter
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static |
        BindingFlags.DeclaredOnly;

    public static IReadOnlyList<string> Print(Assembly assembly) =>
        assembly.GetTypes().Where(IsVisible).SelectMany(Print).Order(StringComparer.Ordinal).ToList();

    private static IEnumerable<string> Print(Type type)
    {
        var name = Name(type);
        yield return $"{name}: {Kind(type)}{Bases(type)}{Constraints(type.GetGenericArguments())}";
        if (typeof(Delegate).IsAssignableFrom(type))
        {
            yield break;
        }

        foreach (var field in type.GetFields(Declared).Where(field => !field.IsSpecialName && IsVisible(field)))
        {
            var value = field.IsLiteral ? $" = {Format(field.GetRawConstantValue(), field.FieldType)}" : "";
            var kind = field.IsLiteral
                ? "const "
                : (field.IsStatic ? "static " : "") + (field.IsInitOnly ? "readonly " : "");
            yield return $"{name}: {Access(field)} {kind}{Name(field.FieldType)} {field.Name}{value}" +
                TupleNames(field);
        }

        foreach (var constructor in type.GetConstructors(Declared).Where(IsVisible).Where(found => !found.IsStatic))
        {
            yield return $"{name}: {Access(constructor)} .ctor({Parameters(constructor)})";
        }

        foreach (var method in type.GetMethods(Declared).Where(IsVisible).Where(IsCalledByName))
        {
            var arguments = method.GetGenericArguments();
            var generic = arguments.Length == 0 ? "" : $"<{string.Join(", ", arguments.Select(Name))}>";
            yield return $"{name}: {Access(method)} {Modifiers(method)}{Name(method.ReturnType)} " +
                $"{method.Name}{generic}" +
                $"({Parameters(method)}){Constraints(arguments)}{TupleNames(method.ReturnParameter)}";
        }

        foreach (var property in type.GetProperties(Declared))
        {
            var accessors = property.GetAccessors(true).Where(IsVisible).ToList();
            if (accessors.Count > 0)
            {
                var index = property.GetIndexParameters();
                var list = string.Join(" ", accessors
                    .Select(accessor => $"{Access(accessor)} {(accessor.ReturnType == typeof(void) ? "set" : "get")};")
                    .Order(StringComparer.Ordinal));
                yield return $"{name}: {Modifiers(accessors[0])}{Name(property.PropertyType)} {property.Name}" +
                    $"{(index.Length > 0 ? $"[{Parameters(index)}]" : "")} {{ {list} }}{TupleNames(property)}";
            }
        }
    }

    private static string Kind(Type type) => type switch
    {
        { IsInterface: true } => "interface",
        { IsEnum: true } => "enum",
        { IsValueType: true } => "struct",
        { IsAbstract: true, IsSealed: true } => "static class",
        { IsAbstract: true } => "abstract class",
        { IsSealed: true } => "sealed class",
        _ => "class",
    };

    private static string Bases(Type type)
    {
        var bases = type.GetInterfaces().Where(IsVisible).Select(Name).Order(StringComparer.Ordinal).ToList();
        if (type is { IsEnum: true })
        {
            bases = [Name(Enum.GetUnderlyingType(type))];
        }
        else if (type is { IsValueType: false, BaseType: { } parent } && parent != typeof(object))
        {
            bases.Insert(0, Name(parent));
        }

        return bases.Count == 0 ? "" : $" : {string.Join(", ", bases)}";
    }

    private static string Constraints(Type[] arguments) => string.Concat(arguments
        .Where(argument => argument.IsGenericParameter)
        .Select(argument => (argument, List: argument.GetGenericParameterConstraints().Select(Name)
            .Concat(Flags(argument.GenericParameterAttributes)).Order(StringComparer.Ordinal).ToList()))
        .Where(entry => entry.List.Count > 0)
        .Select(entry => $" where {entry.argument.Name} : {string.Join(", ", entry.List)}"));

    private static IEnumerable<string> Flags(GenericParameterAttributes flags)
    {
        if (flags.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
        {
            yield return "class";
        }

        if (flags.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint))
        {
            yield return "new()";
        }
    }

    private static string Modifiers(MethodInfo method) => method switch
    {
        { IsStatic: true } => "static ",
        { DeclaringType.IsInterface: true } => "",
        { IsAbstract: true } => method.GetBaseDefinition() == method ? "abstract " : "abstract override ",
        { IsVirtual: true, IsFinal: false } => method.GetBaseDefinition() == method ? "virtual " : "override ",
        { IsVirtual: true, IsFinal: true } => method.GetBaseDefinition() == method ? "" : "sealed override ",
        _ => "",
    };

    private static string Access(MethodBase method) =>
        method.IsPublic ? "public" : method.IsFamilyOrAssembly ? "protected internal" : "protected";

    private static string Access(FieldInfo field) => field.IsPublic ? "public" : "protected";

    private static string Parameters(MethodBase method) => Parameters(method.GetParameters());

    private static string Parameters(ParameterInfo[] parameters) => string.Join(", ", parameters.Select(parameter =>
    {
        var prefix = parameter.IsOut ? "out "
            : parameter.ParameterType.IsByRef ? "ref "
            : parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params "
            : parameter.Position == 0 && parameter.Member.IsDefined(typeof(ExtensionAttribute)) ? "this "
            : "";
        var type = parameter.ParameterType.IsByRef
            ? parameter.ParameterType.GetElementType()!
            : parameter.ParameterType;
        var value = parameter.HasDefaultValue ? $" = {Format(parameter.RawDefaultValue, type)}" : "";
        return $"{prefix}{Name(type)}{TupleNames(parameter)} {parameter.Name}{value}";
    }));

    private static string TupleNames(ICustomAttributeProvider member) =>
        member.GetCustomAttributes(typeof(TupleElementNamesAttribute), false) is [TupleElementNamesAttribute names]
            ? $" [{string.Join(", ", names.TransformNames)}]"
            : "";

    private static string Format(object? value, Type type)
    {
        var target = Nullable.GetUnderlyingType(type) ?? type;
        return value switch
        {
            null => "null",
            string text => $"\"{text}\"",
            bool truth => truth ? "true" : "false",
            _ when target.IsEnum => Convert.ToInt64(value).ToString(CultureInfo.InvariantCulture),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString()!,
        };
    }

    private static string Name(Type type)
    {
        if (type.IsArray)
        {
            return $"{Name(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        }

        if (type.IsPointer)
        {
            return Name(type.GetElementType()!) + "*";
        }

        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        // A nested type repeats its parents' arguments; only the whole name shows them, at the end.
        var path = type.FullName is null || type.IsGenericType ? Path(type) : type.FullName;
        var arguments = type.GetGenericArguments();
        return path.Replace('+', '.') + (arguments.Length == 0 ? "" : $"<{string.Join(", ", arguments.Select(Name))}>");
    }

    private static string Path(Type type)
    {
        var name = type.Name.Split('`')[0];
        return type.DeclaringType is { } parent ? $"{Path(parent)}.{name}" : $"{type.Namespace}.{name}";
    }

    private static bool IsVisible(Type type) =>
        type.DeclaringType is null
            ? type.IsPublic
            : (type.IsNestedPublic || type.IsNestedFamily || type.IsNestedFamORAssem) && IsVisible(type.DeclaringType);

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsVisible(FieldInfo field) => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly;

    // Operators are special names too, but not accessors of properties.
    private static bool IsCalledByName(MethodInfo method) =>
        !method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal);
}
