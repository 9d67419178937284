/// The page's own style sheet, for screen and paper.
let pageStyle = """
  :root { color-scheme: light; }
  * { box-sizing: border-box; }
  body { font: 15px/1.5 "Helvetica Neue", Arial, "Liberation Sans", sans-serif; color: #1c1c1c;
    background: #fff; margin: 0 auto; padding: 24px 28px 60px; max-width: 1080px; }
  h1 { font-size: 25px; line-height: 1.25; margin: 4px 0 8px; }
  h2 { font-size: 19px; margin: 34px 0 8px; padding-bottom: 4px; border-bottom: 2px solid #1c1c1c; }
  h3 { font-size: 16px; margin: 20px 0 6px; }
  p { margin: 6px 0 10px; max-width: 80ch; }
  .kicker { font-size: 13px; letter-spacing: .04em; color: #505050; margin: 0; }
  .notice { border: 1px solid #505050; padding: 8px 12px; margin: 10px 0; max-width: none; }
  .state { border: 2px solid #1c1c1c; border-left-width: 12px; padding: 10px 14px; margin: 12px 0;
    max-width: none; }
  .state strong { font-size: 17px; }
  .state.good { border-color: #00664b; }
  .state.open { border-color: #a86a00; }
  .state.bad { border-color: #b3122a; }
  .note { color: #404040; font-size: 13.5px; }
  .bad-text { color: #b3122a; font-weight: bold; }
  .good-text { color: #00664b; font-weight: bold; }
  table { border-collapse: collapse; font-size: 13.5px; margin: 8px 0 14px; min-width: 50%;
    font-variant-numeric: tabular-nums; }
  caption { text-align: left; font-weight: bold; padding: 4px 0; }
  th, td { text-align: left; vertical-align: top; padding: 4px 10px 4px 0;
    border-bottom: 1px solid #cfcfcf; }
  thead th { border-bottom: 1.5px solid #1c1c1c; }
  tbody th { font-weight: normal; }
  .time { white-space: nowrap; }
  table.facts tbody th { color: #404040; width: 15em; }
  table.numbers td { text-align: right; padding-left: 12px; }
  table.numbers th + th { text-align: right; }
  table.account td:nth-child(2), table.account td:nth-child(3) { text-align: right; }
  tr.sum th, tr.sum td { font-weight: bold; border-top: 1.5px solid #1c1c1c; }
  .scroll { overflow-x: auto; }
  figure { margin: 12px 0 6px; }
  figcaption { font-size: 13.5px; margin: 4px 0; }
  .legend { list-style: none; padding: 0; margin: 4px 0; display: flex; flex-wrap: wrap;
    gap: 2px 18px; font-size: 13.5px; }
  .legend svg { vertical-align: middle; margin-right: 6px; }
  .plot { width: 100%; height: 260px; }
  .paper { display: none; width: 100%; max-width: 680px; height: auto; }
  .curve { width: 100%; max-width: 680px; height: auto; }
  html:not([data-plots-drawn]) .paper { display: block; }
  html:not([data-plots-drawn]) .plot { display: none; }
  .values { font-size: 12.5px; color: #404040; min-height: 1.6em; }
  .values b { font-weight: bold; }
  details caption { display: none; }
  details { margin: 6px 0 12px; }
  summary { cursor: pointer; color: #00477a; }
  pre { font-size: 12px; background: #f4f4f4; padding: 10px; overflow-x: auto;
    white-space: pre-wrap; overflow-wrap: anywhere; }
  code { font-size: 13px; overflow-wrap: anywhere; }
  .dygraph-axis-label { font-size: 12px; color: #1c1c1c; }
  .dygraph-axis-label-y { white-space: nowrap; }
  .dygraph-ylabel, .dygraph-xlabel { font-size: 12.5px; }
  footer { margin-top: 40px; font-size: 12.5px; color: #505050; border-top: 1px solid #cfcfcf; }
  @page { size: A4; margin: 14mm 14mm 16mm; }
  @media print {
    body { padding: 0; max-width: none; font-size: 10.5pt; }
    h1 { font-size: 17pt; }
    h2 { font-size: 13pt; break-after: avoid; margin-top: 18px; }
    h3 { break-after: avoid; }
    figure, .state, tr, #rate, #pressure, #plasma, .curve { break-inside: avoid; }
    caption, thead, tbody tr:first-child { break-after: avoid; }
    thead { display: table-header-group; }
    table { font-size: 9pt; min-width: 0; width: 100%; }
    .scroll { overflow: visible; }
    .screen-only { display: none; }
    .values { display: none; }
    .plot { display: none; }
    .paper { display: block; break-inside: avoid; }
    details > summary { display: none; }
    details caption { display: table-caption; }
    summary { color: inherit; }
    a { color: inherit; text-decoration: none; }
  }
  """
