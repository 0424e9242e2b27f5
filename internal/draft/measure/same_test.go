package measure_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"dondoc/internal/draft"
	"dondoc/internal/issued"
	"dondoc/internal/officetest"
)

// The same document gives the same draft, whatever program wrote it into whichever kind of file; only the numbers of
// lines are each file's own.
func TestTheSameDraftFromEveryFormat(t *testing.T) {
	files := map[string][]byte{}
	want := map[string]any{}
	for _, one := range documents {
		if !strings.HasSuffix(one.document, ".txt") {
			continue
		}
		content, err := os.ReadFile(one.document)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(one.document)
		files[name] = append([]byte("\ufeff"), content...) // the mark tells LibreOffice the encoding
		want[name] = plainDraft(t, name, content)
	}
	for _, format := range []string{"docx", "odt", "html", "pdf"} {
		for name, content := range officetest.ConvertAll(t, files, format) {
			t.Run(format+" of "+name, func(t *testing.T) {
				got := plainDraft(t, "van-ban."+format, content)
				if !reflect.DeepEqual(got, want[name]) {
					t.Errorf("the draft differs:\n%s", difference("", want[name], got))
				}
			})
		}
	}
}

// plainDraft is a draft as its JSON has it, without line numbers and with runs of blanks as one.
func plainDraft(t *testing.T, name string, content []byte) any {
	t.Helper()
	doc, err := issued.Read(t.Context(), name, content)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(draft.Read(doc))
	if err != nil {
		t.Fatal(err)
	}
	var plain any
	if err := json.Unmarshal(encoded, &plain); err != nil {
		t.Fatal(err)
	}
	return without(plain)
}

func without(v any) any {
	switch v := v.(type) {
	case map[string]any:
		delete(v, "line")
		delete(v, "lines")
		for key := range v {
			v[key] = without(v[key])
		}
		return v
	case []any:
		for i := range v {
			v[i] = without(v[i])
		}
		return v
	case string:
		return strings.Join(strings.Fields(v), " ")
	}
	return v
}

// difference names the first place where two drafts differ.
func difference(at string, want, got any) string {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		for key := range w {
			if ok && !reflect.DeepEqual(w[key], g[key]) {
				return difference(at+"."+key, w[key], g[key])
			}
		}
	case []any:
		g, ok := got.([]any)
		for i := range w {
			if ok && i < len(g) && !reflect.DeepEqual(w[i], g[i]) {
				return difference(at+"[]", w[i], g[i])
			}
		}
	}
	a, _ := json.Marshal(want) //nolint:errcheck,errchkjson // only shown
	b, _ := json.Marshal(got)  //nolint:errcheck,errchkjson // only shown
	return at + "\nwant " + string(a) + "\n got " + string(b)
}
