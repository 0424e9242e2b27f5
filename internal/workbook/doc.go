// Package workbook turns report forms and lists into Excel workbooks (.xlsx) and
// reads what people send back: every value with the address of its cell, so that
// whatever is wrong can be found and mended there. It computes nothing: what a
// formula left behind is read as the value that it is. It knows no database.
//
// Workbooks are written with excelize. They are read as a stream by this package
// itself, because reading has to tell a formula from a value, an input from a
// locked cell and a date from a number, within bounds on what is unpacked.
package workbook
