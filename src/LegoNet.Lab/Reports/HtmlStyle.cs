namespace LegoNet.Lab.Reports;

/// <summary>How the page looks: one column of text, tables that scroll in themselves, light or dark as the reader's system is.</summary>
internal static class HtmlStyle
{
    /// <summary>The colours, light and dark.</summary>
    public const string Scheme = """
        :root {
          color-scheme: light dark;
          --page: #ffffff; --raised: #f5f7f9; --ink: #1b1f24; --soft: #555e68; --line: #d3d9df; --link: #0b57d0;
          --oracle: #3d4450; --exact: #08704f; --approximate: #a63d00; --published: #6f3fc0;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #12161b; --raised: #1b2128; --ink: #e7eaee; --soft: #a3adb8; --line: #37414b; --link: #8ab4f8;
            --oracle: #c5ccd5; --exact: #4fd1a1; --approximate: #ffab70; --published: #c9a7ff;
          }
        }
        """;

    /// <summary>What is drawn in SVG.</summary>
    public const string Charts = """
        .mark { stroke: var(--page); stroke-width: 1; }
        .mark.oracle { fill: var(--oracle); } .mark.exact { fill: var(--exact); }
        .mark.approximate { fill: var(--approximate); } .mark.published { fill: var(--published); }
        svg text { fill: var(--ink); font-size: 11.5px; font-family: inherit; font-variant-numeric: tabular-nums; }
        svg .tick { fill: var(--soft); font-size: 11px; }
        svg .name { fill: var(--soft); }
        svg .label { font-weight: 600; paint-order: stroke; stroke: var(--page); stroke-width: 3px; stroke-linejoin: round; }
        svg .middle { text-anchor: middle; } svg .end { text-anchor: end; }
        .grid, .axis, .whisker, .leader, .toss, .curve { fill: none; stroke: var(--line); stroke-width: 1; }
        .axis { stroke: var(--soft); }
        .whisker { stroke: var(--soft); stroke-width: 1.5; }
        .leader { stroke: var(--soft); stroke-width: .6; }
        .toss { stroke: var(--soft); stroke-dasharray: 2 3; }
        .curve { stroke: var(--exact); stroke-width: 2; stroke-linejoin: round; }
        .curve.two { stroke: var(--approximate); stroke-dasharray: 6 3; }
        .curve.three { stroke: var(--published); stroke-dasharray: 1 3; }
        """;

    /// <summary>All of the page's styles.</summary>
    public const string Text = Scheme + "\n" + Charts + "\n" + """
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
        @media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
        body { margin: 0 auto; padding: 0 16px 64px; max-width: 1300px; background: var(--page); color: var(--ink);
          font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; overflow-wrap: anywhere; }
        header { padding-top: 40px; }
        h1 { font-size: clamp(1.6rem, 1.1rem + 2vw, 2.5rem); line-height: 1.15; margin: 0 0 8px; max-width: 26ch; letter-spacing: -.01em; }
        header p { margin: 0; color: var(--soft); max-width: 75ch; }
        h2 { font-size: 1.45rem; line-height: 1.25; margin: 56px 0 12px; padding-top: 16px; border-top: 2px solid var(--ink); scroll-margin-top: 8px; }
        h3 { font-size: 1.1rem; line-height: 1.3; margin: 32px 0 8px; }
        p, ul { max-width: 75ch; margin: 8px 0 12px; }
        ul { padding-left: 1.2em; }
        li { margin: 4px 0; }
        a { color: var(--link); text-underline-offset: .15em; }
        :focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 2px; }
        main:focus { outline: none; }
        .skip { position: absolute; left: 16px; top: -100px; background: var(--ink); color: var(--page); padding: 8px 12px; z-index: 3; }
        .skip:focus { top: 8px; }
        nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 18px; padding: 12px 0 0; margin: 0; max-width: none; }
        nav li { margin: 0; }
        nav a { display: inline-block; padding: 4px 0; }
        .number { display: inline-block; min-width: 1.7em; padding: 0 .35em; text-align: center; border: 1px solid var(--line); border-radius: 5px;
          background: var(--raised); font-variant-numeric: tabular-nums; font-weight: 600; font-size: .85em; line-height: 1.5; }
        .kind { display: inline-flex; align-items: center; gap: .25em; white-space: nowrap; font-size: .85em; font-weight: 500; }
        .kind.oracle { color: var(--oracle); } .kind.exact { color: var(--exact); }
        .kind.approximate { color: var(--approximate); } .kind.published { color: var(--published); }
        .sign { width: 12px; height: 12px; flex: none; vertical-align: -1px; }
        .verdicts { margin: 12px 0; }
        .verdicts div { padding: 10px 0; border-top: 1px solid var(--line); }
        .verdicts dt { font-weight: 600; }
        .verdicts dd { margin: 2px 0 0; max-width: 85ch; }
        .verdicts strong { font-weight: 600; }
        @media (min-width: 800px) {
          .verdicts div { display: grid; grid-template-columns: 300px 1fr; gap: 24px; }
          .verdicts dt .kind { display: flex; margin-left: 2.5em; }
        }
        .scroll { overflow-x: auto; margin: 12px 0 20px; border: 1px solid var(--line); border-radius: 8px; overscroll-behavior-x: contain; }
        table { border-collapse: separate; border-spacing: 0; width: 100%; font-size: .875rem; line-height: 1.4; font-variant-numeric: tabular-nums; }
        caption { text-align: left; padding: 10px 12px; color: var(--soft); position: sticky; left: 0; }
        caption { max-width: min(75ch, calc(100vw - 40px)); }
        th, td { padding: 7px 8px; text-align: right; vertical-align: top; border-top: 1px solid var(--line); }
        td { white-space: nowrap; overflow-wrap: normal; }
        .words { white-space: normal; }
        .range { color: var(--soft); display: inline-block; }
        td:has(.range) { white-space: normal; }
        th { font-weight: 600; overflow-wrap: normal; }
        thead th { vertical-align: bottom; background: var(--raised); border-top: 0; min-width: 5em; }
        thead tr + tr th { border-top: 1px solid var(--line); }
        thead .group { text-align: center; border-left: 1px solid var(--line); }
        .text { text-align: left; white-space: normal; min-width: 7.5em; overflow-wrap: anywhere; }
        tbody th, thead tr:first-child th:first-child { text-align: left; position: sticky; left: 0; z-index: 1; background: var(--page);
          width: 15em; min-width: 9.5em; max-width: 15em; overflow-wrap: anywhere; border-right: 1px solid var(--line); }
        thead tr:first-child th:first-child { background: var(--raised); z-index: 2; }
        tbody th .kind { display: flex; }
        tbody tr:hover th, tbody tr:hover td { background: var(--raised); }
        .said { text-align: left; white-space: normal; }
        .said span { position: sticky; left: 16em; display: inline-block; max-width: 60ch; overflow-wrap: anywhere; }
        .charts { display: grid; gap: 20px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); margin: 16px 0; }
        .charts.small { gap: 14px 10px; grid-template-columns: repeat(auto-fill, minmax(158px, 1fr)); }
        figure { margin: 0; min-width: 0; break-inside: avoid; }
        figcaption { font-weight: 600; font-size: .95rem; margin-bottom: 4px; }
        .small figcaption { font-size: .8rem; line-height: 1.3; min-height: 2.6em; display: flex; align-items: flex-end; }
        figure svg { display: block; width: 100%; height: auto; }
        summary { cursor: pointer; font-weight: 600; padding: 8px 0; }
        .key { display: flex; flex-wrap: wrap; gap: 4px 20px; font-size: .875rem; }
        @media (max-width: 500px) {
          table { font-size: .8125rem; }
          th, td { padding: 6px 8px; }
          tbody th, thead tr:first-child th:first-child { width: 9.5em; max-width: 9.5em; }
          .said span { left: 10.5em; max-width: calc(100vw - 13.5em); }
        }
        @media print {
          :root { --page: #fff; --raised: #f5f7f9; --ink: #000; --soft: #444; --line: #bbb; --link: #000;
            --oracle: #3d4450; --exact: #08704f; --approximate: #a63d00; --published: #6f3fc0; }
          body { max-width: none; padding: 0; font-size: 10pt; }
          nav, .skip { display: none; }
          .scroll { overflow: visible; border: 0; }
          table { font-size: 6.5pt; }
          th, td { padding: 2px 3px; }
          thead th, tbody th, thead tr:first-child th:first-child { min-width: 0; position: static; }
          h2, h3 { break-after: avoid; }
          tr { break-inside: avoid; }
        }
        """;
}
