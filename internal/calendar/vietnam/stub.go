package vietnam

import (
	"dondoc/internal/calendar"
	"dondoc/internal/fault"
)

type Kind string
type Status string
type Day struct {
	Date                               calendar.Date
	Kind                               Kind
	NameVI, NameEN                     string
	Status                             Status
	LegalBasis, Source                 string
}
type Calendar struct{ calendar.WeekCalendar }
type File struct{}
type Problems []*fault.Fault

func (p Problems) Error() string                  { return "" }
func (p Problems) Fault() error                   { return p[0] }
func National() Calendar                          { return Calendar{} }
func (c Calendar) With(files ...File) Calendar    { return c }
func (c Calendar) Year(y int) ([]Day, error)      { return nil, nil }
func ReadFile(name string, src []byte) (File, Problems) { return File{}, nil }
