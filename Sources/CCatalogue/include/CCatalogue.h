#ifndef CCATALOGUE_H
#define CCATALOGUE_H

#include <stddef.h>

// The text of one catalogue in Hardware/, as it was when the program was built.
typedef struct {
  const unsigned char *_Nonnull bytes;
  size_t length;
} CatalogueText;

CatalogueText catalogue_pumps(void);
CatalogueText catalogue_syringes(void);
CatalogueText catalogue_infusion_sets(void);
CatalogueText catalogue_batteries(void);
CatalogueText catalogue_drugs(void);

#endif
