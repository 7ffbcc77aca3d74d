namespace DenseNetSharp.Reports;

/// <summary>How pictures look, on light and on dark screens. Programs that know nothing of dark ones get the light colours.</summary>
internal static class PlotStyle
{
    public const string Text = """
        text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", Arial, sans-serif; font-size: 12px; fill: #3a424d; }
        .title { font-size: 15px; font-weight: 600; fill: #1b2129; }
        .tick-y, .end { text-anchor: end; }
        .tick-x, .axis-name, .cell-count { text-anchor: middle; }
        .tick-x, .tick-y, .axis-name, .head, .note { font-size: 11px; fill: #5b6470; }
        .grid { stroke: #e3e7ec; }
        .axis { stroke: #8b95a1; }
        .curve, .points { fill: none; stroke-width: 1.75; stroke-linejoin: round; stroke-linecap: round; }
        .dense { stroke-width: 1.1; }
        .mark, .chance { stroke: #8b95a1; stroke-dasharray: 4 3; fill: none; }
        .mark-name { font-size: 11px; fill: #5b6470; }
        .points { stroke-width: 4.5; }
        .best { stroke-width: 1.75; }
        .key { stroke: #5b6470; stroke-width: 1.5; }
        .cell { fill: #1f6fb4; }
        .frame { fill: none; stroke: #c9d0d8; }
        .cell-count { fill: #1b2129; }
        .cell-count.on { fill: #ffffff; }
        @media (prefers-color-scheme: dark) {
          text { fill: #c3cad3; }
          .title, .cell-count { fill: #eef1f5; }
          .tick-x, .tick-y, .axis-name, .head, .note, .mark-name { fill: #9aa4b0; }
          .paper, .best, .hollow { fill: #171b21; }
          .grid { stroke: #2a3038; }
          .axis, .mark, .chance { stroke: #6d7884; }
          .key { stroke: #9aa4b0; }
          .frame { stroke: #3a424d; }
          .cell { fill: #6db3f2; }
          .cell-count.on { fill: #10141a; }
          .s0 { stroke: #6db3f2; } .s1 { stroke: #f79a4d; } .s2 { stroke: #5cc97b; } .s3 { stroke: #b794f6; }
          .s4 { stroke: #f5808a; } .s5 { stroke: #4fd0e2; } .s6 { stroke: #d1a384; } .s7 { stroke: #f28bc4; }
          .last.s0 { fill: #6db3f2; } .last.s1 { fill: #f79a4d; } .last.s2 { fill: #5cc97b; } .last.s3 { fill: #b794f6; }
          .last.s4 { fill: #f5808a; } .last.s5 { fill: #4fd0e2; } .last.s6 { fill: #d1a384; } .last.s7 { fill: #f28bc4; }
        }
        """;
}
