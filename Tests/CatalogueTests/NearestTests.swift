import Catalogue
import Testing
import Vocabulary

@Suite("Did you mean")
struct NearestTests {
  @Test(
    "a slip of the pen finds the syringe that was meant",
    arguments: [
      ("bd-plastipak-2O", "bd-plastipak-20"), ("bd_plastipak_20", "bd-plastipak-20"),
      ("BD-Plastipak-20", "bd-plastipak-20"), ("bd-plastpiak-20", "bd-plastipak-20"),
      ("bd-plastipak20", "bd-plastipak-20"), ("terumo20", "terumo-20"),
    ])
  func syringes(_ written: String, _ meant: String) {
    #expect(HardwareCatalogue.builtIn.nearest(to: written, in: .syringes) == meant)
  }

  @Test("what resembles nothing finds nothing")
  func nothing() {
    #expect(HardwareCatalogue.builtIn.nearest(to: "pomegranate", in: .syringes) == nil)
    #expect(HardwareCatalogue.builtIn.nearest(to: "", in: .syringes) == nil)
    #expect(nearest(to: String(repeating: "x", count: 100_000), in: ["x"]) == nil)
    #expect(nearest(to: "a", in: []) == nil)
  }

  @Test("of equally near names the first in order is taken, whatever the order given")
  func ties() {
    #expect(nearest(to: "bat", in: ["rat", "cat"]) == "cat")
    #expect(nearest(to: "bat", in: ["cat", "rat"]) == "cat")
  }
}
