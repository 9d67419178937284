/// The wall clock that a record holds, in Coordinated Universal Time.
enum WallClock {
  /// `2026-03-05 13:42:07 UTC`, from milliseconds since 1970-01-01.
  static func text(_ unixMilliseconds: Int64) -> String {
    let seconds = floorDivided(unixMilliseconds, by: 1000)
    let day = floorDivided(seconds, by: 86_400)
    let second = seconds - day * 86_400
    let date = civil(day)
    return "\(date.year)-\(two(date.month))-\(two(date.day)) "
      + "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60)) UTC"
  }

  /// The date of a day counted from 1970-01-01 in the proleptic Gregorian calendar, by eras of 400
  /// years that begin on 1 March.
  private static func civil(_ day: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = day + 719_468
    let era = floorDivided(shifted, by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
      dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    )
  }

  private static func floorDivided(_ value: Int64, by divisor: Int64) -> Int64 {
    value / divisor - (value % divisor < 0 ? 1 : 0)
  }

  private static func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
