using TorchSharp;

namespace DenseNetSharp;

/// <summary>Listing modules as PyTorch does.</summary>
public static class ModuleExtensions
{
    /// <summary>
    /// Every module with its dotted name, in PyTorch's order: the root first, under the empty name, then each child
    /// followed by its own children. (TorchSharp's <c>named_modules</c> leaves the root out and lists level by level.)
    /// Source: <c>torch.nn.Module.named_modules</c>.
    /// </summary>
    /// <param name="module">The root.</param>
    /// <returns>Names and modules.</returns>
    public static IEnumerable<(string Name, torch.nn.Module Module)> NamedModules(this torch.nn.Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return Walk("", module);

        static IEnumerable<(string, torch.nn.Module)> Walk(string name, torch.nn.Module module)
        {
            yield return (name, module);
            foreach (var (childName, child) in module.named_children())
            {
                foreach (var found in Walk(name.Length == 0 ? childName : $"{name}.{childName}", child))
                {
                    yield return found;
                }
            }
        }
    }

    /// <summary>Refuses a name that no module of a network has.</summary>
    /// <param name="name">The name.</param>
    /// <param name="known">The names of the network's modules.</param>
    /// <param name="parameter">The parameter that the name comes from; null for none.</param>
    /// <exception cref="ArgumentException">No module has it; the message lists the upper ones.</exception>
    internal static void RequireModule(string name, IReadOnlyCollection<string> known, string? parameter)
    {
        if (!known.Contains(name))
        {
            var upper = known.Where(module => module.Length > 0 && module.Count(c => c == '.') < 2);
            throw new ArgumentException($"The network has no module '{name}'; it has {string.Join(", ", upper)} and those below.", parameter);
        }
    }
}
