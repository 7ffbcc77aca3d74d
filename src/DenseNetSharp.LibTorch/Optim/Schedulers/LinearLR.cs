namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            /// <summary>From a part of the rate to another in equal steps.</summary>
            public static LRScheduler LinearLR(
                Optimizer optimizer, double start_factor = 1.0 / 3, double end_factor = 1.0, int total_iters = 5,
                int last_epoch = -1, bool verbose = false) =>
                new impl.LinearLR(optimizer, start_factor, end_factor, total_iters, last_epoch, verbose);

            /// <summary>The schedulers' classes.</summary>
            public static partial class impl
            {
                /// <summary>From a part of the rate to another in equal steps.</summary>
                public class LinearLR : LRScheduler
                {
                    private readonly double _start;
                    private readonly double _end;
                    private readonly int _length;

                    /// <summary>From a part of the rate to another in equal steps.</summary>
                    public LinearLR(
                Optimizer optimizer, double start_factor = 1.0 / 3, double end_factor = 1.0, int total_iters = 5,
                int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        _start = start_factor;
                        _end = end_factor;
                        _length = total_iters;
                        step();
                    }

                    /// <summary>The rates of the epoch after the current one.</summary>
                    protected override IEnumerable<double> get_lr() => _last_epoch == 0
                        ? Rates.Select(rate => rate * _start)
                        : _last_epoch > _length
                        ? Rates
                        : Rates.Select(rate => rate *
                            (1 + ((_end - _start) / ((_length * _start) + ((_last_epoch - 1) * (_end - _start))))));

                    /// <summary>The rates of any epoch.</summary>
                    protected override IEnumerable<double> get_closed_form_lr() =>
                        _base_lrs.Select(first =>
                            first * (_start + ((_end - _start) * Math.Min(_length, _last_epoch) / _length)));
                }
            }
        }
    }
}
