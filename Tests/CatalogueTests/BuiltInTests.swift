import Catalogue
import Testing
@Test func loads() throws { _ = try HardwareCatalogue(files: HardwareCatalogue.builtInText) }
