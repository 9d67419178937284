// dygraphs as Debian packages it, embedded: the program needs nothing of it when it runs.
#include "CPlots.h"

#define SCRIPT "/usr/share/javascript/dygraphs/dygraph.min.js"

#if !__has_embed(SCRIPT)
#error "the reports' plot library is missing: apt-get install libjs-dygraphs (Scripts/setup does)"
#else

static const unsigned char library[] = {
#embed SCRIPT
};
static const unsigned char synchronizer[] = {
#embed "/usr/share/javascript/dygraphs/extras/synchronizer.js"
};
static const unsigned char style[] = {
#embed "/usr/share/javascript/dygraphs/dygraph.min.css"
};

PlotFile plot_library(void) { return (PlotFile){library, sizeof library}; }
PlotFile plot_synchronizer(void) { return (PlotFile){synchronizer, sizeof synchronizer}; }
PlotFile plot_style(void) { return (PlotFile){style, sizeof style}; }

#endif
