namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            /// <summary>
            /// From the first rate down to the least along half a cosine (Loshchilov and Hutter 2016, without
            /// restarts).
            /// </summary>
            public static LRScheduler CosineAnnealingLR(
                Optimizer optimizer, double T_max, double eta_min = 0, int last_epoch = -1, bool verbose = false) =>
                new impl.CosineAnnealingLR(optimizer, T_max, eta_min, last_epoch, verbose);

            /// <summary>The schedulers' classes.</summary>
            public static partial class impl
            {
                /// <summary>
                /// From the first rate down to the least along half a cosine (Loshchilov and Hutter 2016, without
                /// restarts).
                /// </summary>
                public class CosineAnnealingLR : LRScheduler
                {
                    private readonly double _length;
                    private readonly double _least;

                    /// <summary>
                    /// From the first rate down to the least along half a cosine (Loshchilov and Hutter 2016, without
                    /// restarts).
                    /// </summary>
                    public CosineAnnealingLR(
                Optimizer optimizer, double T_max, double eta_min = 0, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        _length = T_max;
                        _least = eta_min;
                        step();
                    }

                    /// <summary>The rates of the epoch after the current one.</summary>
                    protected override IEnumerable<double> get_lr()
                    {
                        if (_last_epoch == 0)
                        {
                            return Rates;
                        }

                        // At the bottom the quotient below is zero by zero.
                        if ((_last_epoch - 1 - _length) % (2 * _length) == 0)
                        {
                            return Rates.Zip(_base_lrs, (rate, first) =>
                                rate + ((first - _least) * (1 - Math.Cos(Math.PI / _length)) / 2));
                        }

                        var factor = (1 + Math.Cos(Math.PI * _last_epoch / _length)) /
                            (1 + Math.Cos(Math.PI * (_last_epoch - 1) / _length));
                        return Rates.Select(rate => (factor * (rate - _least)) + _least);
                    }

                    /// <summary>The rates of any epoch.</summary>
                    protected override IEnumerable<double> get_closed_form_lr() => _base_lrs.Select(first =>
                        _least + ((first - _least) * (1 + Math.Cos(Math.PI * _last_epoch / _length)) / 2));
                }
            }
        }
    }
}
