using Mono.Cecil;
using Mono.Cecil.Cil;

namespace DenseNetSharp.Cli.Tests;

/// <summary>Which room may know which, read from what was built: from metadata and method bodies, not from <c>using</c> lines.</summary>
public sealed class ArrowTests
{
    [Theory]
    [InlineData("DenseNetSharp.Core", "DenseNetSharp", """
        Collections ->
        Files ->
        Randomness ->
        Images -> Files Randomness
        Checkpoints -> Collections Files
        Architectures -> Checkpoints Collections Images
        StateDicts -> Architectures Checkpoints
        Training -> Collections Images
        Explanations -> Architectures Images
        Classification -> Architectures Checkpoints Explanations Files Images StateDicts Training
        Datasets -> Classification Files Images Randomness
        Metrics -> Classification Datasets Images Randomness
        Reports -> Classification Collections Datasets Files Images Metrics
        Weights -> Architectures Checkpoints Classification Files Images StateDicts
        Onnx -> Architectures Checkpoints Classification Files Images StateDicts
        """)]
    [InlineData("DenseNetSharp.Inference", "DenseNetSharp.Inference", """
        Packing ->
        Kernels -> . Packing
        Running -> Kernels Packing
        . -> Kernels Packing Running
        """)]
    [InlineData("DenseNetSharp.Extensions.Hosting", "DenseNetSharp.Extensions.Hosting", """
        . ->
        """)]
    [InlineData("DenseNetSharp.Hdf5", "DenseNetSharp.Checkpoints.Hdf5", """
        . ->
        """)]
    [InlineData("DenseNetSharp", "DenseNetSharp", """
        . ->
        Training -> .
        """)]
    [InlineData("densenet", "DenseNetSharp.Cli", """
        Libtorch ->
        Output ->
        Options ->
        Models -> Libtorch Options Output
        Data -> Models Options Output
        Evaluating -> Models Options Output
        FineTuning -> Data Evaluating Models Options Output
        Commands -> Data Evaluating FineTuning Libtorch Models Options Output
        . -> Commands Options Output
        """)]
    public void Rooms_know_only_the_rooms_that_they_may(string assembly, string root, string arrows)
    {
        var allowed = arrows.Split('\n').Select(line => line.Split(" ->"))
            .ToDictionary(line => line[0], line => line[1].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        using var module = ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, $"{assembly}.dll"));
        var found = module.GetTypes()
            .SelectMany(type => References(type).Select(reference => (From: Room(type, root), To: Room(reference, root), Types: $"{type.FullName} -> {reference.FullName}")))
            .Where(arrow => arrow.From is not null && arrow.To is not null && arrow.From != arrow.To)
            .ToList();

        found.Where(arrow => !allowed[arrow.From!].Contains(arrow.To)).Select(arrow => arrow.Types).Distinct().Should().BeEmpty();
        module.GetTypes().Select(type => Room(type, root)).OfType<string>().Distinct().Should().BeEquivalentTo(allowed.Keys);
        allowed.SelectMany(room => room.Value.Select(to => (room.Key, to)))
            .Except(found.Select(arrow => (arrow.From!, arrow.To!))).Should().BeEmpty("an arrow that nothing needs is no arrow");
    }

    [Theory]
    [InlineData("DenseNetSharp.Core")]
    [InlineData("DenseNetSharp.Inference", "DenseNetSharp.Core")]
    [InlineData("DenseNetSharp.Extensions.Hosting", "DenseNetSharp.Core", "DenseNetSharp.Inference")]
    [InlineData("DenseNetSharp.Hdf5", "DenseNetSharp.Core")]
    [InlineData("DenseNetSharp", "DenseNetSharp.Core")]
    [InlineData("densenet", "DenseNetSharp", "DenseNetSharp.Core", "DenseNetSharp.Hdf5", "DenseNetSharp.Inference")]
    public void Assemblies_know_only_the_assemblies_that_they_may(string assembly, params string[] others)
    {
        using var module = ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, $"{assembly}.dll"));

        module.AssemblyReferences.Select(reference => reference.Name).Where(name => name.StartsWith("DenseNetSharp", StringComparison.Ordinal))
            .Should().BeEquivalentTo(others);
    }

    /// <summary>The first namespace below the root, a dot for the root itself; null for what lies outside of the assembly or the root.</summary>
    private static string? Room(TypeReference type, string root)
    {
        var outermost = type.GetElementType();
        while (outermost.DeclaringType is { } outer)
        {
            outermost = outer;
        }

        return outermost.Scope is not ModuleDefinition ? null
            : outermost.Namespace == root ? "."
            : outermost.Namespace.StartsWith($"{root}.", StringComparison.Ordinal) ? outermost.Namespace[(root.Length + 1)..].Split('.')[0]
            : null;
    }

    private static IEnumerable<TypeReference> References(TypeDefinition type)
    {
        var members = type.Fields.Select(field => field.FieldType)
            .Concat(type.Properties.Select(property => property.PropertyType))
            .Concat(type.Methods.SelectMany(Signature));
        var generics = type.GenericParameters.Concat(type.Methods.SelectMany(method => method.GenericParameters))
            .SelectMany(parameter => parameter.Constraints.Select(constraint => constraint.ConstraintType));
        ICustomAttributeProvider[] attributed =
        [
            type, .. type.Fields, .. type.Properties, .. type.Methods, .. type.Methods.SelectMany(method => method.Parameters),
            .. type.Methods.Select(method => method.MethodReturnType), .. type.GenericParameters,
        ];
        return type.Interfaces.Select(implemented => implemented.InterfaceType)
            .Append(type.BaseType)
            .Concat(members)
            .Concat(generics)
            .Concat(attributed.SelectMany(member => member.CustomAttributes).SelectMany(Attribute))
            .Concat(type.Methods.Where(method => method.HasBody).SelectMany(method => Body(method.Body)))
            .Where(reference => reference is not null)
            .SelectMany(Parts);
    }

    private static IEnumerable<TypeReference> Signature(MethodReference method) =>
        method.Parameters.Select(parameter => parameter.ParameterType).Append(method.ReturnType);

    private static IEnumerable<TypeReference> Attribute(CustomAttribute attribute) =>
        attribute.ConstructorArguments.Concat(attribute.Properties.Select(property => property.Argument))
            .SelectMany(argument => argument.Value is TypeReference named ? [argument.Type, named] : new[] { argument.Type })
            .Append(attribute.AttributeType);

    private static IEnumerable<TypeReference> Body(MethodBody body) => body.Instructions.SelectMany(Operands)
        .Concat(body.Variables.Select(variable => variable.VariableType))
        .Concat(body.ExceptionHandlers.Select(handler => handler.CatchType));

    private static IEnumerable<TypeReference> Operands(Instruction instruction) => instruction.Operand switch
    {
        TypeReference type => [type],
        MethodReference method => [method.DeclaringType, .. Signature(method), .. (method as GenericInstanceMethod)?.GenericArguments ?? []],
        FieldReference field => [field.DeclaringType, field.FieldType],
        _ => [],
    };

    /// <summary>A type and what it is made of: an array's element, a generic type's arguments.</summary>
    private static IEnumerable<TypeReference> Parts(TypeReference type) => type switch
    {
        GenericInstanceType generic => generic.GenericArguments.SelectMany(Parts).Append(generic.ElementType),
        FunctionPointerType => [],
        TypeSpecification specification => Parts(specification.ElementType),
        GenericParameter => [],
        _ => [type],
    };
}
