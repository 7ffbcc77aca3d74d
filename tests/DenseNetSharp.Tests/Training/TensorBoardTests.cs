using System.Globalization;
using System.Text.Json;
using DenseNetSharp.Training;

namespace DenseNetSharp.Tests.Training;

public sealed class TensorBoardTests(FineTunerRuns runs) : IClassFixture<FineTunerRuns>
{
    /// <summary>Reads event files by their format: records of a length, its checksum, the bytes and theirs; in them protocol buffers.</summary>
    private const string Reader = """
        import json, struct, sys

        table = []
        for i in range(256):
            for _ in range(8):
                i = (i >> 1) ^ (0x82F63B78 if i & 1 else 0)
            table.append(i)

        def masked(data):
            crc = 0xFFFFFFFF
            for byte in data:
                crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8)
            crc ^= 0xFFFFFFFF
            return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF

        def varint(data, at):
            value = shift = 0
            while True:
                byte = data[at]
                at += 1
                value |= (byte & 0x7F) << shift
                shift += 7
                if byte < 128:
                    return value, at

        def fields(data):
            at, found = 0, {}
            while at < len(data):
                key, at = varint(data, at)
                if key & 7 == 0:
                    value, at = varint(data, at)
                elif key & 7 == 1:
                    value, at = struct.unpack("<d", data[at:at + 8])[0], at + 8
                elif key & 7 == 5:
                    value, at = struct.unpack("<f", data[at:at + 4])[0], at + 4
                else:
                    length, at = varint(data, at)
                    value, at = data[at:at + length], at + length
                found.setdefault(key >> 3, []).append(value)
            return found

        scalars, versions, times = [], 0, []
        for file in sys.argv[1:]:
            data = open(file, "rb").read()
            at = 0
            while at < len(data):
                head = data[at:at + 8]
                length = struct.unpack("<Q", head)[0]
                assert struct.unpack("<I", data[at + 8:at + 12])[0] == masked(head)
                body = data[at + 12:at + 12 + length]
                assert struct.unpack("<I", data[at + 12 + length:at + 16 + length])[0] == masked(body)
                at += 16 + length
                event = fields(body)
                versions += event.get(3) == [b"brain.Event:2"]
                for summary in event.get(5, []):
                    times.append(event[1][0])
                    for value in fields(summary)[1]:
                        value = fields(value)
                        scalars.append([value[1][0].decode(), event.get(2, [0])[0], value.get(2, [0.0])[0]])
        print(json.dumps({"scalars": scalars, "versions": versions, "from": min(times), "to": max(times)}))
        """;

    [SkippableFact]
    public void Event_files_have_every_epochs_figures_once_also_where_the_run_goes_on_and_where_it_had_none_before()
    {
        var (folder, board, late) = (runs.New(), runs.New(), runs.New());
        var before = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        Run(folder, board, epochs: 1);
        var result = Run(folder, board, epochs: 2);
        Run(folder, late, epochs: 3);

        var (read, again) = (Read(board), Read(late));

        read.GetProperty("versions").GetInt32().Should().Be(2, "each process has a file of its own");
        read.GetProperty("from").GetDouble().Should().BeGreaterThanOrEqualTo(before - 200);
        var expected = result.Epochs.SelectMany(epoch => epoch.Metrics.Select(metric => ($"validation/{metric.Name}", metric.Value))
            .Append(("loss/training", epoch.TrainingLoss)).Append(("loss/validation", epoch.ValidationLoss!.Value))
            .Append(("learning rate", epoch.LearningRate)).Select(entry => Text(entry.Item1, epoch.Epoch, (float)entry.Item2)));
        Scalars(read).Should().BeEquivalentTo(expected);
        Scalars(again).Where(line => line.StartsWith("loss/training")).Should().HaveCount(3, "epochs before the first event file are in it too");
    }

    private static JsonElement Read(string folder) =>
        JsonDocument.Parse(PythonReference.RunCode(Reader.Replace("sys.argv[1:]", $"{JsonSerializer.Serialize(Directory.GetFiles(folder))}"))).RootElement;

    private static IEnumerable<string> Scalars(JsonElement read) => read.GetProperty("scalars").EnumerateArray()
        .Select(scalar => Text(scalar[0].GetString()!, scalar[1].GetInt32(), (float)scalar[2].GetDouble()));

    private static string Text(string tag, int epoch, float value) => string.Create(CultureInfo.InvariantCulture, $"{tag} {epoch} {value:R}");

    private FineTuningResult Run(string folder, string board, int epochs)
    {
        using var model = runs.Model();
        return new FineTuner
        {
            Model = model,
            Training = runs.Data(),
            Validation = runs.Data(),
            Preset = FineTunerRuns.Preset,
            Folder = folder,
            TensorBoardFolder = board,
            Options = FineTunerRuns.Options with { Epochs = epochs },
            Resume = true,
        }.Run();
    }
}
