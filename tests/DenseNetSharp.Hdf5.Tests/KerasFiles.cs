namespace DenseNetSharp.Hdf5.Tests;

/// <summary>Files that h5py wrote as Keras does, once for all tests of a class.</summary>
public sealed class KerasFiles() : ReferenceFiles("keras_files.py")
{
    protected override void Require() => PythonReference.RequireModule("h5py");
}
