using Microsoft.Build.Framework;

namespace DenseNetSharp.Build;

/// <summary>The build step that lets TorchSharp's native library load on distributions with an older libstdc++.</summary>
public sealed class WeakenLibstdcxx : Microsoft.Build.Utilities.Task
{
    /// <summary>The libraries, in an output folder. Each is replaced by a changed copy where that is needed.</summary>
    [Required]
    public ITaskItem[] Files { get; set; } = [];

    /// <summary>Change them whatever this system has, for a system that is older.</summary>
    public bool Always { get; set; }

    /// <summary>Change nothing, and warn where a library will not load.</summary>
    public bool OnlyWarn { get; set; }

    /// <inheritdoc/>
    public override bool Execute()
    {
        IReadOnlySet<string>? offered = null;
        foreach (var file in Files.Select(item => item.GetMetadata("FullPath")).Where(File.Exists))
        {
            try
            {
                offered ??= Always ? null : LibstdcxxNeeds.OfferedBySystem();
                if (OnlyWarn)
                {
                    Warn(file, offered);
                }
                else if (LibstdcxxNeeds.Weaken(file, offered) is { Count: > 0 } marked)
                {
                    Log.LogMessage(MessageImportance.High,
                        $"{file}: {string.Join(", ", marked)} marked as weak, for {(Always ? "an older" : "this system's")} libstdc++ lacks what nothing uses");
                }
            }
            catch (Exception exception) when (exception is InvalidDataException or NotSupportedException or IOException or UnauthorizedAccessException)
            {
                Log.LogWarning($"{file}: libstdc++'s versions were left as they are: {exception.Message}");
            }
        }

        return !Log.HasLoggedErrors;
    }

    private void Warn(string file, IReadOnlySet<string>? offered)
    {
        if (LibstdcxxNeeds.FindLacking(File.ReadAllBytes(file), offered) is [var lacking, ..])
        {
            Log.LogWarning(
                subcategory: null, warningCode: "DENSENETSHARP001", helpKeyword: null, file: null, 0, 0, 0, 0,
                message: $"{Path.GetFileName(file)} will not load here: this system's libstdc++ lacks {lacking.Version}. Set "
                    + "<DenseNetSharpWeakenLibstdcxx>true</DenseNetSharpWeakenLibstdcxx> in the project file (or false, for a program that runs elsewhere).");
        }
    }
}
