using System.Reflection;
using System.Reflection.Emit;

namespace DenseNetSharp.Cli.Tests;

/// <summary>A room is a folder of the command's sources and its namespace; who knows whom goes one way.</summary>
public sealed class RoomsTests
{
    private const string Root = "DenseNetSharp.Cli";

    private static readonly Dictionary<string, string[]> MayKnow = new()
    {
        ["Program"] = ["Commands", "Options", "Output"],
        ["Commands"] = ["FineTuning", "Models", "Options", "Output", "Libtorch"],
        ["FineTuning"] = ["Models", "Options", "Output"],
        ["Models"] = ["Options", "Output", "Libtorch"],
        ["Options"] = [],
        ["Output"] = [],
        ["Libtorch"] = [],
    };

    private static readonly Dictionary<short, OpCode> Instructions = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    [Fact]
    public void Rooms_know_those_below_them_alone()
    {
        var types = Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, "densenet.dll")).GetTypes();

        var knows = types.Where(type => RoomOf(type) is not null)
            .SelectMany(type => TypesIn(type).Select(known => (Room: RoomOf(type)!, Known: RoomOf(known), What: $"{type} knows {known}")))
            .Where(pair => pair.Known is not null && pair.Known != pair.Room)
            .ToArray();

        types.Select(RoomOf).OfType<string>().Distinct().Should().BeEquivalentTo(MayKnow.Keys);
        knows.Should().Contain(pair => pair.Room == "Program" && pair.Known == "Commands", "calls are looked at, too");
        knows.Where(pair => !MayKnow[pair.Room].Contains(pair.Known)).Select(pair => pair.What).Distinct().Should().BeEmpty();
    }

    private static string? RoomOf(Type type) => type.Namespace switch
    {
        Root => "Program",
        { } name when name.StartsWith($"{Root}.", StringComparison.Ordinal) => name[(Root.Length + 1)..],
        _ => null,
    };

    /// <summary>The types that a type's declaration and its methods' code name.</summary>
    private static IEnumerable<Type> TypesIn(Type type)
    {
        const BindingFlags all = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;
        IEnumerable<Type?> named =
        [
            type.BaseType,
            .. type.GetInterfaces(),
            .. type.GetFields(all).Select(field => field.FieldType),
            .. type.GetMembers(all).OfType<MethodBase>().SelectMany(method => TypesOf(method).Concat(TypesIn(method))),
        ];
        return named.OfType<Type>().SelectMany(Parts);
    }

    private static IEnumerable<Type?> TypesOf(MemberInfo member) => member switch
    {
        Type type => [type],
        FieldInfo field => [field.DeclaringType, field.FieldType],
        MethodBase method =>
        [
            method.DeclaringType,
            (method as MethodInfo)?.ReturnType,
            .. method.GetParameters().Select(parameter => parameter.ParameterType),
            .. method.IsGenericMethod ? method.GetGenericArguments() : [],
        ],
        _ => [],
    };

    private static IEnumerable<Type?> TypesIn(MethodBase method)
    {
        if (method.GetMethodBody() is not { } body)
        {
            return [];
        }

        var types = body.LocalVariables.Select(local => (Type?)local.LocalType).Concat(body.ExceptionHandlingClauses
            .Where(clause => clause.Flags == ExceptionHandlingClauseOptions.Clause).Select(clause => clause.CatchType)).ToList();
        var code = body.GetILAsByteArray()!;
        for (var at = 0; at < code.Length;)
        {
            var instruction = Instructions[code[at] == 0xFE ? (short)(0xFE00 | code[at + 1]) : code[at]];
            at += instruction.Size;
            if (instruction.OperandType is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType)
            {
                var member = method.Module.ResolveMember(
                    BitConverter.ToInt32(code, at),
                    method.DeclaringType!.GetGenericArguments(),
                    method.IsGenericMethod ? method.GetGenericArguments() : null);
                types.AddRange(TypesOf(member!));
            }

            at += instruction.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }

        return types;
    }

    private static IEnumerable<Type> Parts(Type type) => type.HasElementType
        ? Parts(type.GetElementType()!)
        : type.GetGenericArguments().SelectMany(Parts).Prepend(type);
}
