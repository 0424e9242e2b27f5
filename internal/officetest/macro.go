package officetest

// The files by which LibreOffice finds a macro in a profile.
const (
	library = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false" library:passwordprotected="false">
 <library:element library:name="Fill"/>
</library:library>`
	module = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Fill" script:language="StarBasic">%s</script:module>`
)

// macro makes the edits of a file, a line each, and saves.
const macro = `
Sub Fill(source As String, target As String, script As String)
	On Error GoTo Failed
	Dim hidden(0) As New com.sun.star.beans.PropertyValue
	hidden(0).Name = "Hidden"
	hidden(0).Value = True
	doc = StarDesktop.loadComponentFromURL(source, "_blank", 0, hidden())
	sheet = doc.Sheets.getByIndex(0)
	files = createUnoService("com.sun.star.ucb.SimpleFileAccess")
	stream = createUnoService("com.sun.star.io.TextInputStream")
	stream.setInputStream(files.openFileRead(ConvertToURL(script)))
	stream.setEncoding("UTF-8")
	Do While Not stream.isEOF()
		parts = Split(stream.readLine(), Chr(9))
		If UBound(parts) = 2 Then Edit(doc, sheet, parts(0), parts(1), Join(Split(parts(2), "\n"), Chr(10)))
	Loop
	stream.closeInput()
	Dim xlsx(0) As New com.sun.star.beans.PropertyValue
	xlsx(0).Name = "FilterName"
	xlsx(0).Value = "Calc MS Excel 2007 XML"
	doc.storeToURL(target, xlsx())
	doc.close(True)
	StarDesktop.terminate()
	Exit Sub
Failed:
	Open script & ".failed" For Output As #1
	Print #1, "line " & Erl & ": " & Error
	Close #1
	StarDesktop.terminate()
End Sub

Sub Edit(doc, sheet, verb, where, what)
	If verb = "unprotect" Then
		sheet.unprotect("")
		Exit Sub
	End If
	If verb = "rename" Then
		sheet.Name = what
		Exit Sub
	End If
	cell = sheet.getCellRangeByName(where)
	place = cell.RangeAddress
	Select Case verb
	Case "text"
		cell.String = what
	Case "value"
		cell.Value = Val(what)
	Case "formula"
		cell.Formula = what
	Case "date"
		cell.Value = DateValue(what)
	Case "insert_row"
		sheet.Rows.insertByIndex(place.StartRow, 1)
	Case "delete_column"
		sheet.Columns.removeByIndex(place.StartColumn, 1)
	Case "merge"
		sheet.getCellRangeByName(where & ":" & what).merge(True)
	Case "swap_columns"
		other = sheet.getCellRangeByName(what).RangeAddress
		last = 200
		spare = other.StartColumn + 40
		Move(sheet, place.StartColumn, spare, last)
		Move(sheet, other.StartColumn, place.StartColumn, last)
		Move(sheet, spare, other.StartColumn, last)
	End Select
End Sub

Sub Move(sheet, source, target, last)
	Dim there As New com.sun.star.table.CellAddress
	there.Sheet = 0
	there.Column = target
	there.Row = 0
	sheet.moveRange(there, sheet.getCellRangeByPosition(source, 0, source, last).RangeAddress)
End Sub
`
