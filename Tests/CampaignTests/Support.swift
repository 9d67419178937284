// Campaigns for tests: written as a user writes them.

import Campaign
import Foundation

/// A minute of ketamine, and whatever a test adds.
let minuteSession = """
  session:
    title: a minute
    patient: { mass: 70 kg }
    drug: { name: ketamine, indication: cancer-pain, concentration: 6 mg/mL }
    reservoir: { syringe: bd-plastipak-20, fill: 20 mL }
    infusionSet: winged-25g-100cm
    programme:
      - basal: 4.2 mg/h for 1 min

  """

/// The campaign of a text.
func campaign(_ text: String, folder: String = "") throws(CampaignFileError) -> CampaignDescription
{
  try CampaignDescription(bytes: Array(text.utf8), name: "campaign.yaml", folder: folder)
}

/// What a campaign file is answered with; nil where it is taken.
func refusal(_ text: String) -> String? {
  do throws(CampaignFileError) {
    _ = try campaign(text)
    return nil
  } catch {
    return error.description
  }
}
