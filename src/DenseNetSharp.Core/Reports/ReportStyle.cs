namespace DenseNetSharp.Reports;

/// <summary>How a report looks, on light and on dark screens and on paper.</summary>
internal static class ReportStyle
{
    public const string Text = """

        :root { color-scheme: light dark; --page: #f4f6f8; --paper: #ffffff; --ink: #1b2129; --soft: #5b6470; --line: #dfe4ea; --bad: #b3261e; }
        @media (prefers-color-scheme: dark) {
          :root { --page: #0e1116; --paper: #171b21; --ink: #e6eaef; --soft: #9aa4b0; --line: #2a3038; --bad: #ff8a80; }
        }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--ink); }
        body { font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", Arial, sans-serif; }
        main { max-width: 1200px; margin: 0 auto; padding: 32px 20px 64px; }
        h1 { font-size: 26px; line-height: 1.25; margin: 0; overflow-wrap: anywhere; }
        h2 { font-size: 18px; margin: 40px 0 12px; }
        p { margin: 6px 0 12px; max-width: 80ch; }
        .lead, .hint { color: var(--soft); overflow-wrap: anywhere; }
        .hint { font-size: 13px; }
        .tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 12px; margin-top: 24px; }
        .tile, .card, .shot { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; }
        .tile { padding: 12px 14px; }
        .tile-name { color: var(--soft); font-size: 13px; }
        .tile-value { font-size: 24px; font-weight: 600; font-variant-numeric: tabular-nums; line-height: 1.3; }
        .tile-range { color: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; min-height: 18px; }
        .plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(320px, 1fr)); gap: 16px; }
        .card { padding: 8px; overflow-x: auto; }
        .card svg { display: block; max-width: 100%; height: auto; margin: 0 auto; }
        table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
        th, td { text-align: right; padding: 6px 10px; border-bottom: 1px solid var(--line); white-space: nowrap; vertical-align: top; }
        th { color: var(--soft); font-weight: 600; font-size: 13px; }
        tbody tr:last-child td, tbody tr:last-child th { border-bottom: 0; }
        th:first-child { text-align: left; white-space: normal; overflow-wrap: anywhere; }
        tbody th { color: var(--ink); font-weight: 500; font-size: 14px; min-width: 110px; }
        .between { color: var(--soft); font-size: 12px; display: block; }
        .facts th, .facts td { text-align: left; white-space: normal; overflow-wrap: anywhere; }
        .facts th { width: 28%; min-width: 130px; }
        .facts tbody th { color: var(--soft); }
        .shots { display: grid; grid-template-columns: repeat(auto-fill, minmax(180px, 1fr)); gap: 12px; }
        .shot { margin: 0; overflow: hidden; display: flex; flex-direction: column; }
        .shot-frame { background: #000; display: flex; align-items: center; justify-content: center; height: 160px; }
        .shot-frame img { max-width: 100%; max-height: 160px; display: block; }
        .shot-frame span { color: #9aa4b0; font-size: 13px; }
        figcaption { padding: 8px 10px 10px; font-size: 13px; line-height: 1.4; overflow-wrap: anywhere; }
        .shot-wrong { color: var(--bad); }
        .shot-file { color: var(--soft); font-size: 12px; display: block; margin-top: 4px; }
        @media print { body { background: none; } .tile, .card, .shot { break-inside: avoid; } }

        """;
}
