/// The page's own script: draws the plots that its data element holds, on one time axis.
let pageScript = """
  (function () {
    'use strict';
    var dashes = { dashed: [8, 4], dotted: [2, 3] };
    var data = JSON.parse(document.getElementById('plot-data').textContent);
    var graphs = [];

    function time(seconds) {
      var units = Math.round(seconds * 100), parts = [], hours = Math.floor(units / 360000);
      var minutes = Math.floor(units / 6000) % 60, rest = units % 6000;
      if (hours) { parts.push(hours + ' h'); }
      if (minutes) { parts.push(minutes + ' min'); }
      if (rest || !parts.length) { parts.push(rest / 100 + ' s'); }
      return parts.join(' ');
    }
    function axisTime(seconds) {
      if (data.end >= 7200) {
        var hours = seconds / 3600;
        var whole = Math.floor(hours + 1e-9), minutes = Math.round((hours - whole) * 60);
        return whole + (minutes ? ':' + (minutes < 10 ? '0' : '') + minutes : '') + ' h';
      }
      var m = Math.floor(seconds / 60 + 1e-9), s = Math.round(seconds - m * 60);
      return m + (s ? ':' + (s < 10 ? '0' : '') + s : '') + ' min';
    }
    var steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 14400, 21600,
      43200, 86400];
    function timeTicks(from, to, pixels) {
      var room = Math.max(2, Math.floor(pixels / 75)), step = steps[steps.length - 1], ticks = [];
      for (var i = 0; i < steps.length; i++) {
        if ((to - from) / steps[i] <= room) { step = steps[i]; break; }
      }
      while ((to - from) / step > room) { step *= 2; }
      for (var t = Math.ceil(from / step) * step; t <= to + 1e-6; t += step) {
        ticks.push({ v: t, label: axisTime(t) });
      }
      return ticks;
    }
    // One row for each time at which any line has a point; a line without one there goes on.
    function rows(series) {
      var byTime = new Map();
      series.forEach(function (line, index) {
        line.points.forEach(function (point) {
          var row = byTime.get(point[0]);
          if (!row) {
            row = new Array(series.length + 1).fill(null);
            row[0] = point[0];
            byTime.set(point[0], row);
          }
          row[index + 1] = point[1] === 'gap' ? NaN : point[1];
        });
      });
      return Array.from(byTime.values()).sort(function (a, b) { return a[0] - b[0]; });
    }
    function draw(plot) {
      var element = document.getElementById('plot-' + plot.id);
      if (!element || !plot.series.length) { return; }
      var lanes = plot.lanes.length;
      if (lanes) { element.style.height = (lanes * 24 + 46) + 'px'; }
      var options = {}, colours = [];
      plot.series.forEach(function (line) {
        colours.push(line.colour);
        options[line.name] = {
          stepPlot: line.step, strokePattern: dashes[line.stroke] || null,
          strokeWidth: line.stroke === 'bar' ? 10 : line.stroke === 'dots' ? 0.001 : 2,
          drawPoints: line.stroke === 'dots' || line.stroke === 'bar',
          pointSize: line.stroke === 'bar' ? 2 : 5,
          highlightCircleSize: line.stroke === 'bar' ? 4 : 5
        };
      });
      var values = document.getElementById('values-' + plot.id);
      var span = data.end > 0 ? data.end : 1;
      graphs.push(new Dygraph(element, rows(plot.series), {
        labels: ['session time'].concat(plot.series.map(function (line) { return line.name; })),
        colors: colours, series: options, connectSeparatedPoints: true, labelsDiv: values,
        legend: 'onmouseover', labelsSeparateLines: false, includeZero: true,
        ylabel: plot.unit, xlabel: 'session time', dateWindow: [0, span],
        valueRange: lanes ? [0.4, lanes + 0.6] : plot.highest ? [0, plot.highest] : undefined, xRangePad: 4, yRangePad: lanes ? 0 : 6,
        gridLineColor: '#d5d5d5', axisLineColor: '#505050', animatedZooms: false,
        rightGap: 16,
        axes: {
          x: {
            ticker: function (from, to, pixels) { return timeTicks(from, to, pixels); },
            valueFormatter: time, axisLabelWidth: 60
          },
          y: {
            axisLabelWidth: 180,
            valueFormatter: function (value, opts, name) {
              return lanes ? 'yes' : value.toFixed(plot.decimals) + ' ' + plot.unit;
            },
            ticker: lanes ? function () {
              return plot.lanes.map(function (name, index) { return { v: index + 1, label: name }; });
            } : Dygraph.numericLinearTicks
          }
        }
      }));
    }
    // The plots have a width only once they are shown.
    document.documentElement.setAttribute('data-plots-drawn', '');
    data.plots.forEach(draw);
    document.documentElement.setAttribute('data-plots-drawn', String(graphs.length));
    if (graphs.length > 1) {
      Dygraph.synchronize(graphs, { selection: false, zoom: true, range: false });
    }
    var all = document.getElementById('whole-session');
    if (all) {
      all.addEventListener('click', function () {
        graphs.forEach(function (graph) {
          graph.updateOptions({ dateWindow: [0, data.end > 0 ? data.end : 1] });
        });
      });
    }
    // What is folded away on the screen stands on paper.
    var folded = [];
    window.addEventListener('beforeprint', function () {
      folded = Array.from(document.querySelectorAll('details:not([open])'));
      folded.forEach(function (part) { part.open = true; });
    });
    window.addEventListener('afterprint', function () {
      folded.forEach(function (part) { part.open = false; });
    });
    })();
  """
