using static TorchSharp.torch;

namespace DenseNetSharp.Tests;

/// <summary>One thread disposes or changes networks in the middle of another's predictions.</summary>
internal static class DisposalRace
{
    /// <summary>Runs a race and returns how many predictions ended well and how many in which exceptions.</summary>
    /// <param name="change">What the one thread does.</param>
    /// <param name="rounds">How often.</param>
    public static string Run(string change, int rounds)
    {
        set_num_threads(1);
        using var checkpoint = Networks.Create("tiny").ToCheckpoint();
        var endings = new SortedDictionary<string, int>();
        var images = new float[3 * 32 * 32];
        var model = Networks.Create("tiny");
        model.eval();
        for (var round = 0; round < rounds; round++)
        {
            // Different moments of the passes under way.
            var wait = round % 50 * 20;
            using var isRunning = new CountdownEvent(2);
            var threads = Enumerable.Range(0, 2).Select(thread => new Thread(() => Predict(thread == 0))).ToList();
            threads.ForEach(thread => thread.Start());
            isRunning.Wait();
            Thread.SpinWait(wait);
            Change();
            threads.ForEach(thread => thread.Join());
            if (change == "dispose")
            {
                model = Networks.Create("tiny");
                model.eval();
            }

            void Predict(bool isWithoutTensors)
            {
                var logits = new float[7];
                for (var i = 0; i < 3; i++)
                {
                    var ending = "fine";
                    try
                    {
                        if (isWithoutTensors)
                        {
                            model.Predict(images, 1, 32, logits);
                        }
                        else
                        {
                            using var noGradients = no_grad();
                            using var x = zeros(1, 3, 32, 32);
                            model.call(x).Dispose();
                        }
                    }
                    catch (Exception exception)
                    {
                        ending = exception.GetType().Name;
                    }

                    if (i == 0)
                    {
                        isRunning.Signal();
                    }

                    lock (endings)
                    {
                        endings[ending] = endings.GetValueOrDefault(ending) + 1;
                    }
                }
            }

            void Change()
            {
                switch (change)
                {
                    case "dispose":
                        model.Dispose();
                        break;
                    case "replace":
                        model.ReplaceClassifier(7);
                        break;
                    case "load":
                        model.LoadCheckpoint(checkpoint);
                        break;
                    case "to":
                        TorchSharp.ModuleExtensionMethods.to(model, round % 2 == 0 ? ScalarType.Float64 : ScalarType.Float32);
                        break;
                    default:
                        throw new ArgumentException($"There is no change '{change}'.");
                }
            }
        }

        return string.Join(", ", endings.Select(ending => $"{ending.Value} {ending.Key}"));
    }
}
