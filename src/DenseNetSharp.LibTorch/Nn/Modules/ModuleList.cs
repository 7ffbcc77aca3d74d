using System.Collections;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules
{
    /// <summary>Modules by number. They are registered when the list itself is.</summary>
    /// <typeparam name="T">The type of the modules.</typeparam>
    public class ModuleList<T> : Module, IList<T>
        where T : Module
    {
        private readonly List<T> _list = [];
        private bool _registered;

        /// <summary>A list of modules.</summary>
        public ModuleList(params T[] modules)
            : base(nameof(ModuleList)) => _list.AddRange(modules);

        /// <summary>The number of modules.</summary>
        public int Count => _list.Count;

        /// <summary>The list can be changed.</summary>
        public bool IsReadOnly => false;

        /// <summary>A module by its place.</summary>
        public T this[int index]
        {
            get => _list[index];
            set => _list[index] = value;
        }

        /// <summary>Adds a module.</summary>
        public void Add(T item) => _list.Add(item);

        /// <summary>Adds modules.</summary>
        public void append(params T[] parameters) => _list.AddRange(parameters);

        /// <summary>Adds modules.</summary>
        public void extend(IEnumerable<T> modules) => _list.AddRange(modules);

        /// <summary>Inserts a module.</summary>
        public void Insert(int index, T item) => _list.Insert(index, item);

        /// <summary>Removes a module.</summary>
        public bool Remove(T item) => _list.Remove(item);

        /// <summary>Removes a module by its place.</summary>
        public void RemoveAt(int index) => _list.RemoveAt(index);

        /// <summary>Removes all modules.</summary>
        public void Clear() => _list.Clear();

        /// <summary>Whether the module is in the list.</summary>
        public bool Contains(T item) => _list.Contains(item);

        /// <summary>The place of a module, or -1.</summary>
        public int IndexOf(T item) => _list.IndexOf(item);

        /// <summary>Copies the modules.</summary>
        public void CopyTo(T[] array, int arrayIndex) => _list.CopyTo(array, arrayIndex);

        /// <summary>The modules in order.</summary>
        public IEnumerator<T> GetEnumerator() => _list.GetEnumerator();

        /// <summary>Registers the modules under their numbers.</summary>
        protected override void RegisterComponents()
        {
            for (var i = 0; !_registered && i < _list.Count; i++)
            {
                register_module($"{i}", _list[i]);
            }

            _registered = true;
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>Modules by number.</summary>
            public static Modules.ModuleList<Module> ModuleList(params Module[] modules) => new(modules);

            /// <summary>Modules by number.</summary>
            public static Modules.ModuleList<T> ModuleList<T>(params T[] modules)
                where T : Module => new(modules);
        }
    }
}
