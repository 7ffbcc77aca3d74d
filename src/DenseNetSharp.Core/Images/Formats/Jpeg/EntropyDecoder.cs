namespace DenseNetSharp.Images.Formats.Jpeg;

/// <summary>Decodes a scan's blocks, one after another (ITU T.81, annexes D, F and G).</summary>
/// <param name="input">The file, after the scan header.</param>
/// <param name="scan">The scan header.</param>
/// <param name="restartInterval">How many MCUs there are between restart markers; 0 for no such markers.</param>
internal abstract class EntropyDecoder(JpegInput input, JpegScan scan, int restartInterval)
{
    private readonly int _restartInterval = restartInterval;
    private int _untilRestart = restartInterval;
    private int _nextRestart;

    /// <summary>Whether blocks were left as they are for want of data.</summary>
    public bool HasGaps { get; private set; }

    /// <summary>Whether no marker has cut the data off since the last restart, as far as libjpeg notices.</summary>
    public virtual bool HasData => !IsExhausted;

    protected JpegInput Input { get; } = input;

    protected JpegScan Scan { get; } = scan;

    /// <summary>Whether there are no data up to the next marker, so that blocks stay as they are.</summary>
    public abstract bool IsExhausted { get; }

    /// <summary>Starts an MCU, after a restart marker where one is due.</summary>
    /// <returns>False where there are no data for it.</returns>
    public bool BeginMcu()
    {
        if (_restartInterval > 0)
        {
            if (_untilRestart == 0)
            {
                BeforeRestart();
                FindRestartMarker();
                _untilRestart = _restartInterval;
                Restart(hasData: Input.Marker == 0);
            }

            _untilRestart--;
        }

        HasGaps |= IsExhausted;
        return !IsExhausted;
    }

    /// <summary>Decodes a block.</summary>
    /// <param name="block">Its first coefficient, of 64 in rows.</param>
    /// <param name="nonzero">
    /// Where several scans of Huffman codes bring the coefficients, a bit for each of those so far that is not zero, in zig-zag order.
    /// </param>
    /// <param name="component">Its component's place in the scan.</param>
    /// <returns>Whether it may have AC coefficients.</returns>
    public abstract bool DecodeBlock(ref short block, ref ulong nonzero, int component);

    /// <summary>Forgets what was read ahead.</summary>
    protected abstract void BeforeRestart();

    /// <summary>Begins as if a scan began.</summary>
    /// <param name="hasData">Whether the data go on; else the marker is one that does not belong here.</param>
    protected abstract void Restart(bool hasData);

    /// <summary>
    /// Finds a restart marker. Where it is not the expected one, libjpeg's guess is made: a marker that comes a little too early means
    /// that an interval is lost, one that is late is passed over.
    /// </summary>
    private void FindRestartMarker()
    {
        if (Input.Marker == 0)
        {
            Input.FindMarker();
        }

        var isDue = Input.Marker == JpegMarker.FirstRestart + _nextRestart;
        while (!isDue)
        {
            if (Input.Marker < JpegMarker.StartOfFrame)
            {
                Input.FindMarker();
                continue;
            }

            var ahead = (Input.Marker - JpegMarker.FirstRestart - _nextRestart) & 7;
            if (Input.Marker is < JpegMarker.FirstRestart or > JpegMarker.LastRestart || ahead is 1 or 2)
            {
                break;
            }

            if (ahead is 6 or 7)
            {
                Input.FindMarker();
                continue;
            }

            isDue = true;
        }

        if (isDue)
        {
            Input.Marker = 0;
        }

        _nextRestart = (_nextRestart + 1) & 7;
    }
}
