// What the report cannot show.

import PumpHAL
import Story

extension ReportDocument {
  var limitsSection: Markup {
    let items = limits.map { "<li>\($0)</li>\n" as Markup }
    return """
      <section id="limits"><h2>What this report cannot show</h2>
      <ul>
      \(items)</ul></section>

      """
  }

  private var limits: [String] {
    var items: [String] = []
    switch story.facts.origin {
    case .simulated, .emulated:
      items.append(
        "What a real pump and a real patient would do. The model agrees with published measurements "
          + "within stated bounds; compliance and friction of syringes of one size differ by more "
          + "than a factor of two between brands.")
    case .hardware, nil:
      items.append(
        "What reached the tissue. Without a balance or a model only what the pump accounts for is "
          + "known.")
    }
    items.append(
      "Flow from pressure. A disconnected, leaking or partly blocked line cannot be told from a healthy "
        + "one by pressure at these rates.")
    items.append(
      "What happened between samples. Rate, alarms, actions and motion are taken from every tick of "
        + "10 ms; dispensed mass, pressure and plasma level are samples, taken at regular times and "
        + "whenever something happened.")
    let thinned = [
      story.series.flow, story.series.dispensed, story.series.pressure, story.series.infused,
      story.series.plasma,
    ].contains(where: \.isThinned)
    if thinned {
      items.append(
        "Every sample. The plots are thinned to at most \(Series.bucketMaximum) groups a line, each with its "
          + "lowest, its highest and its last value: no extreme is lost, and the record has them all."
      )
    }
    if !verification.isLodged {
      items.append(
        "That nothing was cut off at the end. A record cut back to a signed checkpoint cannot be told "
          + "from one that a crash cut short, unless the checkpoint was lodged elsewhere.")
    }
    items.append(
      "Who the people were. Roles and witnesses are as entered; nothing in the record identifies them."
    )
    items.append(
      "That the solution was what its label says. The account rests on the concentration entered.")
    if story.unreadableMessages > 0 {
      items.append(
        "\(story.unreadableMessages) messages of the record that could not be read and were left out."
      )
    }
    items.append(
      "Anything clinical. This is a bench, test and audit tool. It is not a medical device, and no "
        + "dose must be decided from it.")
    return items
  }
}
