using DenseNetSharp.Images;

namespace ChestXray;

/// <summary>
/// Draws pictures that resemble frontal chest radiographs, with findings that really show in the pixels. No patient is in
/// them: everything is a formula and a random number.
/// </summary>
/// <remarks>Coordinates run from 0 to 1, from the upper left corner; the patient's left is on the right, as a film hangs.</remarks>
internal sealed class RadiographGenerator
{
    /// <summary>The findings that there are; an image has any number of them.</summary>
    public static readonly string[] Findings = ["Cardiomegaly", "Effusion", "Infiltration", "Nodule", "Pneumothorax"];

    private const int Size = 128;
    private const double FindingProbability = 0.22;
    private const int Ribs = 9;

    private readonly Random _random;
    private readonly bool[] _has = new bool[Findings.Length];
    private readonly Lung[] _lungs;
    private readonly Ellipse _heart;
    private readonly double _spine;
    private readonly double _ribsTop;
    private readonly double _ribsSag;
    private readonly double _penetration;
    private readonly SmoothNoise _tissue;
    private readonly SmoothNoise _vessels;

    // Each finding's place is drawn whether it is there or not, so that nothing else in the image depends on it.
    private readonly (Lung Lung, double Level) _effusion;
    private readonly (Ellipse Patch, SmoothNoise Texture) _infiltration;
    private readonly Ellipse _nodule;
    private readonly (Lung Lung, double Width) _pneumothorax;

    private RadiographGenerator(int seed)
    {
        _random = new Random(seed);
        for (var i = 0; i < _has.Length; i++)
        {
            _has[i] = _random.NextDouble() < FindingProbability;
        }

        _spine = Between(0.48, 0.52);
        var (y, width, height) = (Between(0.45, 0.49), Between(0.145, 0.17), Between(0.31, 0.35));
        _lungs =
        [
            new Lung(_spine - Between(0.185, 0.2), y, width, height, -1),
            new Lung(_spine + Between(0.185, 0.2), y, width, height, 1),
        ];
        // The heart lies to the patient's left. Enlarged it is wider than half the chest.
        var heart = Between(0.105, 0.125) * (Has("Cardiomegaly") ? Between(1.4, 1.65) : 1);
        _heart = new Ellipse(_spine + 0.42 * heart, y + 0.18, heart, 0.1 + 0.25 * heart, Between(-0.45, -0.25));
        (_ribsTop, _ribsSag) = (Between(0.13, 0.17), Between(0.5, 0.9));
        _penetration = Between(0.85, 1.15);
        (_tissue, _vessels) = (new SmoothNoise(_random, 5), new SmoothNoise(_random, 22));

        _effusion = (AnyLung(), Between(0.55, 0.75));
        var (patchX, patchY) = PointIn(AnyLung(), 0.5);
        _infiltration = (new Ellipse(patchX, patchY, Between(0.08, 0.12), Between(0.07, 0.11), Between(0, 3)), new SmoothNoise(_random, 14));
        var (noduleX, noduleY) = PointIn(AnyLung(), 0.7);
        var radius = Between(0.02, 0.03);
        _nodule = new Ellipse(noduleX, noduleY, radius, radius, 0);
        _pneumothorax = (AnyLung(), Between(0.22, 0.34));
    }

    /// <summary>Draws one image.</summary>
    /// <param name="seed">Decides everything.</param>
    /// <returns>The image and the findings that are in it.</returns>
    public static (RgbImage Image, IReadOnlyList<string> Findings) Draw(int seed)
    {
        var radiograph = new RadiographGenerator(seed);
        var gray = new byte[Size * Size];
        for (var i = 0; i < gray.Length; i++)
        {
            var density = radiograph.DensityAt((i % Size + 0.5) / Size, (i / Size + 0.5) / Size);
            var value = 255 * Math.Pow(Math.Clamp(density, 0, 1), radiograph._penetration) + 5 * radiograph.Gaussian();
            gray[i] = (byte)Math.Clamp(value, 0, 255);
        }

        return (RgbImage.FromGray(Size, Size, gray), [.. Findings.Where(radiograph.Has)]);
    }

    private bool Has(string finding) => _has[Array.IndexOf(Findings, finding)];

    /// <summary>How much the body absorbs on the way to a point of the film: 0 is air and black, 1 is bone and white.</summary>
    private double DensityAt(double x, double y)
    {
        var body = Body(x, y);
        if (body == 0)
        {
            return 0;
        }

        var heart = Soft(1 - _heart.Distance(x, y), 0.2);
        var mediastinum = Soft(0.055 - Math.Abs(x - _spine) + 0.02 * Math.Sin(9 * y), 0.03);
        // Where the heart is, there is little lung before and behind it.
        var air = (1 - 0.85 * heart) * (1 - mediastinum) * _lungs.Sum(lung => LungAir(lung, x, y));
        var density = 0.55 + 0.1 * _tissue.At(x, y) - air + 0.08 * heart + 0.2 * mediastinum
            + 0.09 * Soft(0.022 - Math.Abs(x - _spine), 0.01) + 0.13 * Bones(x, y);
        return body * density;
    }

    /// <summary>What the air of a lung takes away at a point, less what is in it.</summary>
    private double LungAir(Lung lung, double x, double y)
    {
        var inside = Soft(1 - lung.Distance(x, y), 0.1);
        if (inside == 0)
        {
            return 0;
        }

        var content = 0.08 * _vessels.At(x, y) * Math.Max(0, 1.2 - lung.Distance(x, y));
        if (Has("Nodule"))
        {
            content += 0.3 * Soft(1 - _nodule.Distance(x, y), 0.25);
        }

        if (Has("Infiltration"))
        {
            var depth = _infiltration.Patch.Distance(x, y);
            content += (0.24 + 0.14 * _infiltration.Texture.At(x, y)) * Math.Exp(-depth * depth);
        }

        if (Has("Pneumothorax") && lung == _pneumothorax.Lung)
        {
            // The lung has come away from the chest's wall, at the top and the side: a rim without vessels, darker than lung,
            // with the pleura as a thin line.
            var rim = lung.Collapsed(_pneumothorax.Width).Distance(x, y) - 1;
            content = content * (1 - Soft(rim, 0.05)) - 0.1 * Soft(rim, 0.05) + 0.1 * Math.Exp(-Math.Pow(rim / 0.05, 2));
        }

        if (Has("Effusion") && lung == _effusion.Lung)
        {
            // Fluid fills the lower corner, and rises along the chest's wall.
            var outward = (x - lung.X) * lung.Side / lung.Width;
            var level = lung.Y + _effusion.Level * lung.Height - 0.1 * Math.Pow(Math.Clamp((outward + 1) / 2, 0, 1), 2);
            content += (0.42 - content) * Soft(y - level, 0.02);
        }

        return inside * (0.42 - content);
    }

    /// <summary>Ribs, which fall off from the spine to the sides, and the collar bones.</summary>
    private double Bones(double x, double y)
    {
        var outward = Math.Abs(x - _spine);
        var sum = Soft(0.013 - Math.Abs(y - 0.15 - 0.12 * Math.Pow(outward / 0.35, 1.5) + 0.06), 0.006) * Soft(outward - 0.04, 0.02) * 0.8;
        for (var rib = 0; rib < Ribs; rib++)
        {
            var center = _ribsTop + 0.082 * rib + _ribsSag * outward * outward - 0.12 * outward;
            if (Math.Abs(y - center) > 0.04)
            {
                continue;
            }

            sum += Soft(0.014 - Math.Abs(y - center), 0.009) * Soft(outward - 0.03, 0.02) * Soft(0.385 - outward, 0.02);
        }

        return Math.Min(sum, 1.2) * Soft(0.88 - y, 0.05);
    }

    /// <summary>1 within neck, shoulders and trunk, 0 beside them.</summary>
    private double Body(double x, double y)
    {
        var halfWidth = y < 0.18 ? 0.1 + 0.36 * Math.Pow(Math.Max(y - 0.01, 0) / 0.17, 0.7) : 0.46 - 0.03 * Math.Sin(3 * (y - 0.18));
        return Soft(halfWidth - Math.Abs(x - _spine), 0.025);
    }

    private Lung AnyLung() => _lungs[_random.Next(2)];

    private (double X, double Y) PointIn(Lung lung, double share)
    {
        // Lateral of the heart's shadow.
        var (angle, distance) = (Between(-1.1, 1.1), share * Math.Sqrt(_random.NextDouble()));
        return (lung.X + lung.Side * 0.2 * lung.Width + lung.Side * distance * lung.Width * Math.Cos(angle) * 0.7,
            lung.Y + distance * lung.Height * Math.Sin(angle));
    }

    private double Between(double least, double most) => least + (most - least) * _random.NextDouble();

    private double Gaussian() =>
        Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    /// <summary>From 0 to 1 as the value passes 0, over about so wide a slope.</summary>
    private static double Soft(double value, double slope) => (value / slope) switch
    {
        < -2 => 0,
        > 2 => 1,
        var steps => 1 / (1 + Math.Exp(-4 * steps)),
    };

    private sealed record Ellipse(double X, double Y, double Width, double Height, double Angle)
    {
        /// <summary>The distance from the middle; 1 at the edge.</summary>
        public double Distance(double x, double y)
        {
            var (sin, cos) = Math.SinCos(Angle);
            var (dx, dy) = (x - X, y - Y);
            return double.Hypot((cos * dx - sin * dy) / Width, (sin * dx + cos * dy) / Height);
        }
    }

    /// <summary>A lung: narrow at the top, its base curved by the diaphragm.</summary>
    private sealed record Lung(double X, double Y, double Width, double Height, int Side)
    {
        /// <summary>The distance from the middle; 1 at the edge.</summary>
        public double Distance(double x, double y)
        {
            var vertical = (y - Y) / Height;
            var width = Width * (1 + 0.22 * vertical);
            var horizontal = (x - X + 0.03 * Side * (1 - vertical) * 0.5) / width;
            // Flatter below than above.
            var (power, down) = vertical > 0 ? (4.0, vertical + 0.12 * horizontal * horizontal) : (2.2, vertical);
            return Math.Pow(Math.Pow(Math.Abs(horizontal), 2.4) + Math.Pow(Math.Abs(down), power), 1 / 2.4);
        }

        /// <summary>What is left of it when it draws back from top and side by a share of its size.</summary>
        public Lung Collapsed(double share) => this with
        {
            X = X - Side * share * Width * 0.6,
            Y = Y + share * Height * 0.3,
            Width = Width * (1 - share * 0.55),
            Height = Height * (1 - share * 0.3),
        };
    }

    /// <summary>Random values from -1 to 1 on a grid, joined smoothly.</summary>
    private sealed class SmoothNoise
    {
        private readonly double[] _values;
        private readonly int _cells;

        public SmoothNoise(Random random, int cells)
        {
            _cells = cells;
            _values = [.. Enumerable.Range(0, (cells + 2) * (cells + 2)).Select(_ => 2 * random.NextDouble() - 1)];
        }

        public double At(double x, double y)
        {
            var (column, row) = ((int)(x * _cells), (int)(y * _cells));
            var (right, down) = (Smooth(x * _cells - column), Smooth(y * _cells - row));
            var first = row * (_cells + 2) + column;
            return double.Lerp(
                double.Lerp(_values[first], _values[first + 1], right),
                double.Lerp(_values[first + _cells + 2], _values[first + _cells + 3], right),
                down);
        }

        private static double Smooth(double t) => t * t * (3 - 2 * t);
    }
}
