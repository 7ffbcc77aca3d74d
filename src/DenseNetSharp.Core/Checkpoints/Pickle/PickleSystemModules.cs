namespace DenseNetSharp.Checkpoints.Pickle;

/// <summary>
/// Python's own modules, and PyTorch's, whose classes run code or touch the system. No checkpoint needs one of them as
/// a value, and whoever finds one in a file wants to know.
/// </summary>
internal static class PickleSystemModules
{
    // "builtins" is not among them: what it has with a capital are exceptions and constants, and its functions are
    // refused as all functions off the list are.
    private static readonly HashSet<string> _topLevel = new(StringComparer.Ordinal)
    {
        // Processes, files, the system.
        "os", "posix", "nt", "posixpath", "ntpath", "sys", "subprocess", "_posixsubprocess", "_winapi", "winreg",
        "pty", "shutil", "tempfile", "io", "_io", "platform", "signal", "site", "mmap", "fcntl", "sqlite3", "zipfile",
        "tarfile", "logging", "linecache",

        // The network.
        "socket", "_socket", "socketserver", "ssl", "_ssl", "webbrowser", "http", "urllib", "ftplib", "smtplib",
        "xmlrpc", "telnetlib",

        // Code, and what calls it.
        "ctypes", "_ctypes", "importlib", "imp", "pkgutil", "zipimport", "runpy", "code", "codeop", "types", "ast",
        "operator", "_operator", "functools", "_functools", "inspect", "pdb", "bdb", "timeit", "trace", "profile",
        "cProfile", "doctest", "pydoc", "atexit", "gc", "weakref", "distutils", "setuptools", "pip",

        // Threads and processes.
        "multiprocessing", "threading", "_thread", "asyncio", "concurrent",

        // Pickles within pickles.
        "pickle", "_pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib",

        // What Python 2 called them, which protocol 2 still writes.
        "commands", "popen2", "StringIO", "cStringIO", "_winreg", "thread", "_multiprocessing", "cPickle", "httplib",
        "urllib2", "urlparse", "robotparser", "xmlrpclib", "cookielib", "Cookie", "SocketServer", "BaseHTTPServer",
        "CGIHTTPServer", "SimpleHTTPServer", "SimpleXMLRPCServer", "DocXMLRPCServer",
    };

    private static readonly string[] _ofTorch = ["torch.hub", "torch.jit", "torch.utils.cpp_extension"];

    public static bool Contains(string module)
    {
        var dot = module.IndexOf('.', StringComparison.Ordinal);
        return _topLevel.GetAlternateLookup<ReadOnlySpan<char>>().Contains(dot < 0 ? module : module.AsSpan(0, dot))
            || Array.Exists(_ofTorch, name => IsWithin(module, name));
    }

    private static bool IsWithin(string module, string name) =>
        module.StartsWith(name, StringComparison.Ordinal)
        && (module.Length == name.Length || module[name.Length] == '.');
}
