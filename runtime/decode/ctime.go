package decode

import "strconv"

const (
	weekDays   = "SunMonTueWedThuFriSat"
	monthNames = "JanFebMarAprMayJunJulAugSepOctNovDec"
	daySeconds = 86400
)

// AppendCtime appends seconds since the epoch as a date and time in UTC, in the
// form of ctime(3): "Thu Jan  1 00:00:00 1970".
func AppendCtime(dst []byte, sec int64) []byte {
	days, rest := sec/daySeconds, sec%daySeconds
	if rest < 0 {
		days, rest = days-1, rest+daySeconds
	}
	week := (days%7 + 11) % 7 // the epoch was a Thursday
	year, month, day := civil(days)
	dst = append(append(dst, weekDays[3*week:3*week+3]...), ' ')
	dst = append(append(dst, monthNames[3*month:3*month+3]...), ' ')
	dst = append(appendTwo(dst, day, ' '), ' ')
	dst = append(appendTwo(dst, rest/3600, '0'), ':')
	dst = append(appendTwo(dst, rest/60%60, '0'), ':')
	dst = append(appendTwo(dst, rest%60, '0'), ' ')
	return strconv.AppendInt(dst, year, 10)
}

// appendTwo appends a number below 100 in two columns.
func appendTwo(dst []byte, n int64, pad byte) []byte {
	if n < 10 {
		dst = append(dst, pad)
	}
	return strconv.AppendInt(dst, n, 10)
}

const (
	eraDays   = 146097 // days in 400 years
	epochDays = 719468 // from 0000-03-01 to the epoch
)

// civil is the date that lies a number of days after the epoch; months count
// from 0, days from 1. Its years begin in March, so that a leap day ends one.
func civil(days int64) (year, month, day int64) {
	days += epochDays
	era := days / eraDays
	if days < 0 {
		era = (days - eraDays + 1) / eraDays
	}
	doe := days - era*eraDays                                   // day of the era
	yoe := (doe - doe/1460 + doe/36524 - doe/(eraDays-1)) / 365 // year of the era
	doy := doe - (365*yoe + yoe/4 - yoe/100)                    // day of the year
	m := (5*doy + 2) / 153                                      // month, March is 0
	year, month, day = yoe+era*400, (m+2)%12, doy-(153*m+2)/5+1
	if month < 2 {
		year++
	}
	return year, month, day
}
