namespace DenseNetSharp.Training;

/// <summary>Checks the values that schedules are given; all are written so that NaN is refused as well.</summary>
internal static class ScheduleValue
{
    public static double Rate(double value, string name) => Checked(
        value is >= 0 and <= float.MaxValue, value, name, "A learning rate is finite and not negative, and at most 3.4e38.");

    public static double PositiveShare(double value, string name) => Checked(
        value is > 0 and <= 1, value, name, $"{name} is above 0 and at most 1.");

    public static double Share(double value, string name) => Checked(
        value is >= 0 and <= 1, value, name, $"{name} is between 0 and 1.");

    public static double Momentum(double value, string name) => Checked(
        value is >= 0 and < 1, value, name, $"{name} is at least 0 and below 1.");

    public static double Divisor(double value, string name) => Checked(
        value > 0 && double.IsFinite(value), value, name, $"{name} is finite and above 0.");

    private static double Checked(bool holds, double value, string name, string rule) =>
        holds ? value : throw new ArgumentOutOfRangeException(name, value, rule);
}
