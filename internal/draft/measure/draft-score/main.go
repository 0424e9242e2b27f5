// Command draft-score prints how well documents are read, against their readings by hand.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"dondoc/internal/draft"
	"dondoc/internal/draft/measure"
	"dondoc/internal/issued"
)

func main() {
	verbose := flag.Bool("v", false, "say what was missed and what was invented")
	flag.Parse()
	if err := run(*verbose, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run scores pairs of a document and its reading.
func run(verbose bool, args []string) error {
	if len(args)%2 != 0 || len(args) == 0 {
		return fmt.Errorf("give pairs: DOCUMENT READING …")
	}
	for i := 0; i < len(args); i += 2 {
		scores, err := scored(args[i], args[i+1])
		if err != nil {
			return fmt.Errorf("%s: %w", args[i], err)
		}
		fmt.Printf("%s\n", filepath.Base(args[i]))
		for _, s := range scores {
			if s.Wanted == 0 && s.Found == 0 {
				continue
			}
			fmt.Printf("  %-12s precision %.2f  recall %.2f  (%d right of %d found, %d there)\n", s.Kind, s.Precision(), s.Recall(), s.Right, s.Found, s.Wanted)
			if verbose {
				for _, m := range s.Missed {
					fmt.Println("      - " + m)
				}
				for _, m := range s.Invented {
					fmt.Println("      + " + m)
				}
			}
		}
	}
	return nil
}

func scored(document, reading string) ([]measure.Score, error) {
	content, err := os.ReadFile(document)
	if err != nil {
		return nil, err
	}
	doc, err := issued.Read(context.Background(), filepath.Base(document), content)
	if err != nil {
		return nil, err
	}
	byHand, err := os.ReadFile(reading)
	if err != nil {
		return nil, err
	}
	var want measure.Reading
	if strings.HasSuffix(reading, ".json") {
		err = json.Unmarshal(byHand, &want)
	} else {
		want, err = measure.FromGold(byHand)
	}
	if err != nil {
		return nil, err
	}
	return measure.Compare(want, draft.Read(doc)), nil
}
