/// The candidate that `name` was most likely meant to be, for a "did you mean"; nil where none is
/// near.
///
/// Near is an edit distance (insert, delete, replace, swap neighbours; case does not count) of at
/// most a third of the longer word, or 1, and less than the shorter word is long. Of equally near ones the first in order is taken.
public func nearest(to name: String, in candidates: some Sequence<String>) -> String? {
  let wanted = Array(name.lowercased())
  guard !wanted.isEmpty, wanted.count <= 100 else { return nil }
  var best: (distance: Int, candidate: String)?
  for candidate in candidates.sorted() {
    let letters = Array(candidate.lowercased())
    let distance = editDistance(wanted, letters)
    let limit = max(1, max(wanted.count, letters.count) / 3)
    guard distance <= limit, distance < min(wanted.count, letters.count),
      distance < best?.distance ?? Int.max
    else { continue }
    best = (distance, candidate)
  }
  return best?.candidate
}

/// The least number of inserted, deleted, replaced and swapped neighbouring characters between two
/// words (optimal string alignment).
func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...b.count)
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        cost = min(cost, beforeLast[j - 1] + 1)
      }
      row.append(cost)
    }
    (beforeLast, last) = (last, row)
  }
  return last[b.count]
}
