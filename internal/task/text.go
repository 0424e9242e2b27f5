package task

import "dondoc/internal/fault"

// CleanText brings free text of a person into the form that is stored (NFC, no
// outer blanks) and refuses characters that could deceive a reader or a
// database, and more characters than the limit. The fault names no field.
func CleanText(s string, limit int) (string, *fault.Fault) { return cleanText(s, limit) }
