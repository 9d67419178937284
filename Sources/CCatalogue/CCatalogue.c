// The catalogues are embedded, so that the program runs from any directory with what it was
// built and tested with. The compiler's dependency file names them: a change rebuilds this file.
#include "CCatalogue.h"

static const unsigned char pumps[] = {
#embed "../../Hardware/pumps.yaml"
};
static const unsigned char syringes[] = {
#embed "../../Hardware/syringes.yaml"
};
static const unsigned char infusion_sets[] = {
#embed "../../Hardware/infusion-sets.yaml"
};
static const unsigned char batteries[] = {
#embed "../../Hardware/batteries.yaml"
};
static const unsigned char drugs[] = {
#embed "../../Hardware/drugs.yaml"
};

CatalogueText catalogue_pumps(void) { return (CatalogueText){pumps, sizeof pumps}; }
CatalogueText catalogue_syringes(void) { return (CatalogueText){syringes, sizeof syringes}; }
CatalogueText catalogue_infusion_sets(void) {
  return (CatalogueText){infusion_sets, sizeof infusion_sets};
}
CatalogueText catalogue_batteries(void) { return (CatalogueText){batteries, sizeof batteries}; }
CatalogueText catalogue_drugs(void) { return (CatalogueText){drugs, sizeof drugs}; }
