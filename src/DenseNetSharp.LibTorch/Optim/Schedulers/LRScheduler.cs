namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        /// <summary>Learning rates that change from epoch to epoch.</summary>
        public static partial class lr_scheduler
        {
            /// <summary>Sets an optimizer's learning rates, once when it is made and then at each step.</summary>
            public abstract class LRScheduler
            {
                /// <summary>How often <see cref="step()"/> was called, the constructor's call included.</summary>
                protected int _step_count;

                private readonly bool _verbose;

                /// <summary>For no optimizer.</summary>
                protected LRScheduler()
                {
                }

                /// <summary>For an optimizer.</summary>
                protected LRScheduler(Optimizer optimizer, int last_epoch = -1, bool verbose = false)
                {
                    ArgumentNullException.ThrowIfNull(optimizer);
                    _optimizer = optimizer;
                    _last_epoch = last_epoch;
                    _verbose = verbose;
                    _base_lrs = optimizer.ParamGroups.Select(group => group.InitialLearningRate).ToList();
                    _last_lrs = optimizer.ParamGroups.Select(group => group.LearningRate).ToList();
                }

                internal Optimizer _optimizer { get; } = null!;

                internal int _last_epoch { get; private set; } = -1;

                internal IList<double> _base_lrs { get; set; } = [];

                internal IList<double> _last_lrs { get; } = [];

                internal IEnumerable<double> Rates => _optimizer.ParamGroups.Select(group => group.LearningRate);

                /// <summary>Goes on to the next epoch.</summary>
                public virtual void step() => step(null);

                /// <summary>Goes on to the next epoch, or to a given one.</summary>
                public virtual void step(int? epoch)
                {
                    _step_count++;
                    _last_epoch = epoch ?? _last_epoch + 1;

                    // Some schedulers change their state in get_lr: it is called once a step.
                    var rates = (epoch is null ? get_lr() : get_closed_form_lr()).ToList();
                    var groups = _optimizer.ParamGroups.ToList();
                    for (var i = 0; i < _base_lrs.Count; i++)
                    {
                        groups[i].LearningRate = rates[i];
                        if (_verbose && _last_lrs[i] != rates[i])
                        {
                            Console.WriteLine($"Adjusting learning rate to {rates[i]}");
                        }

                        _last_lrs[i] = rates[i];
                    }
                }

                /// <summary>Goes on, for schedulers that look at a metric; this one does not.</summary>
                public virtual void step(double current, int? epoch = null) => step(epoch);

                /// <summary>The learning rates that were set last.</summary>
                public IEnumerable<double> get_last_lr() => _last_lrs;

                /// <summary>The rates of the epoch after the current one.</summary>
                protected virtual IEnumerable<double> get_lr() => Rates;

                /// <summary>The rates of any epoch.</summary>
                protected virtual IEnumerable<double> get_closed_form_lr() => get_lr();
            }
        }
    }
}
