namespace DenseNetSharp.Images.Formats;

/// <summary>Inks on paper as Pillow mixes them, without a color profile.</summary>
internal static class CmykInk
{
    /// <summary>What an ink leaves of the light.</summary>
    /// <param name="ink">The ink, 255 for all of it.</param>
    /// <param name="light">What black leaves of the light, 255 where there is no black.</param>
    public static byte Over(int ink, int light) => (byte)Math.Clamp(light - DivideBy255(ink * light), 0, 255);

    // Pillow's MULDIV255: the rounded quotient without a division.
    private static int DivideBy255(int product) => (((product + 128) >> 8) + product + 128) >> 8;
}
