package vietnam

import "dondoc/internal/calendar"

// Kind is what a listed day is.
type Kind string

const (
	// Holiday is a holiday by law, also where it falls on a weekly rest day (nghỉ lễ, tết).
	Holiday Kind = "holiday"
	// Substitute makes up for a holiday that fell on a weekly rest day (nghỉ bù).
	Substitute Kind = "substitute"
	// SwapOff is a working day that is off against a rest day that is worked (nghỉ hoán đổi).
	SwapOff Kind = "swap_off"
	// SwapWork is a weekly rest day that is worked (làm bù).
	SwapWork Kind = "swap_work"
)

// kinds in the order in which messages name them.
var kinds = []Kind{Holiday, Substitute, SwapOff, SwapWork}

var kindLabels = map[Kind][2]string{
	Holiday:    {"nghỉ lễ", "holiday"},
	Substitute: {"nghỉ bù", "substitute day off"},
	SwapOff:    {"nghỉ hoán đổi", "swapped day off"},
	SwapWork:   {"đi làm bù", "swapped working day"},
}

// Off reports whether nobody works on a day of this kind.
func (k Kind) Off() bool { return k != SwapWork }

// Label names the kind in "vi" or "en" (anything else: Vietnamese).
func (k Kind) Label(language string) string { return pick(kindLabels[k], language) }

// Status tells how sure a day is.
type Status string

const (
	// Decreed days were decided for their year, or added with a legal basis.
	Decreed Status = "decreed"
	// Provisional days are computed from the law; the year's decision may differ.
	Provisional Status = "provisional"
)

// Label names the status in "vi" or "en" (anything else: Vietnamese).
func (s Status) Label(language string) string {
	if s == Decreed {
		return pick([2]string{"đã quyết định", "decreed"}, language)
	}
	return pick([2]string{"tạm tính", "provisional"}, language)
}

// Day is a day that is not what its weekday says, or a holiday on a weekly rest day.
type Day struct {
	Date           calendar.Date
	Kind           Kind
	NameVI, NameEN string
	Status         Status
	// LegalBasis is the text that makes the day what it is, as Vietnamese
	// documents cite it; Source is where that was read.
	LegalBasis, Source string
}

// Name is the day's name in "vi" or "en" (anything else: Vietnamese).
func (d Day) Name(language string) string { return pick([2]string{d.NameVI, d.NameEN}, language) }

func pick(viEN [2]string, language string) string {
	if language == "en" {
		return viEN[1]
	}
	return viEN[0]
}
