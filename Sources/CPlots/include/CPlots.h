#ifndef CPLOTS_H
#define CPLOTS_H

#include <stddef.h>

// A file of the library that draws the plots, as it was when the program was built.
typedef struct {
  const unsigned char *_Nonnull bytes;
  size_t length;
} PlotFile;

PlotFile plot_library(void);
PlotFile plot_synchronizer(void);
PlotFile plot_style(void);

#endif
