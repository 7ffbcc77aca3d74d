namespace TorchSharp.Native;

/// <summary>Arrays of tensor handles, to and from native code.</summary>
internal static unsafe class Handles
{
    /// <summary>The handles of tensors that stay the caller's; null for a missing one.</summary>
    internal static nint[] Of(IEnumerable<torch.Tensor?>? tensors) =>
        tensors is null ? [] : tensors.Select(tensor => tensor is null ? 0 : tensor.Handle).ToArray();

    /// <summary>Takes over a native array of handles and the references in it.</summary>
    internal static torch.Tensor?[] Take(nint* handles, long count)
    {
        var tensors = new torch.Tensor?[count];
        for (var i = 0; i < count; i++)
        {
            tensors[i] = handles[i] == 0 ? null : new torch.Tensor(handles[i]);
        }

        Bridge.Free(handles);
        return tensors;
    }

    /// <summary>A native array with a reference of its own to each tensor; whoever receives it frees both.</summary>
    internal static nint* Give(IReadOnlyList<torch.Tensor?> tensors)
    {
        var handles = (nint*)Bridge.Allocate(tensors.Count * sizeof(nint));
        for (var i = 0; i < tensors.Count; i++)
        {
            handles[i] = tensors[i] is { IsInvalid: false } tensor ? tensor.Handle : 0;
            if (handles[i] != 0)
            {
                Bridge.Retain(handles[i]);
            }
        }

        return handles;
    }
}
