using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>No modules yet.</summary>
        public static Sequential Sequential() => new Sequential();

        /// <summary>Named modules one after the other.</summary>
        public static Sequential Sequential(params (string name, Module<Tensor, Tensor> submodule)[] modules) =>
            new Sequential().Add(modules);

        /// <summary>Modules one after the other, named by their numbers.</summary>
        public static Sequential Sequential(params Module<Tensor, Tensor>[] modules) => new Sequential().Add(modules);
    }
}
