// Package paper is an administrative document as Decree 30/2020/NĐ-CP, appendix I
// (thể thức, kỹ thuật trình bày văn bản hành chính) lays it out: its parts, where
// they stand and how they look. It knows no file format; internal/docx and
// internal/pdf draw the same model, so that both files of a document say the same.
package paper
