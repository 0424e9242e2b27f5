package api

import (
	"context"
	"fmt"
	"time"

	"dondoc/internal/form"
)

// PastFigure is a figure of a period that no report of the system covers.
type PastFigure struct {
	ID        int64     `json:"id"`
	Indicator string    `json:"indicator"`
	From      string    `json:"from" format:"date"`
	To        string    `json:"to" format:"date"`
	Version   int       `json:"version" doc:"From 1; each change is another one, and earlier ones are kept."`
	Value     string    `json:"value" doc:"Decimal text; empty: taken back."`
	Source    string    `json:"source"`
	EnteredAt time.Time `json:"entered_at"`
	EnteredBy string    `json:"entered_by"`
}

func pastFigureOf(p form.Past) PastFigure {
	return PastFigure{p.ID, p.Indicator, p.From.String(), p.To.String(), p.Version, p.Value, p.Source, p.EnteredAt.UTC(), p.EnteredByName}
}

type pastFiguresInput struct {
	ID
	All bool `query:"all" doc:"Every version, the newest of each first; without it only those that hold."`
}

func (s *server) pastFigures(ctx context.Context, in *pastFiguresInput) (*Answer[List[PastFigure]], error) {
	list, err := s.Service.PastFigures(ctx, who(ctx), in.ID.ID, in.All)
	if err != nil {
		return nil, err
	}
	return &Answer[List[PastFigure]]{listOf(list, "", pastFigureOf)}, nil
}

type enterPastFiguresInput struct {
	ID
	Body struct {
		Figures []PastEntry `json:"figures" minItems:"1" maxItems:"500"`
	}
}

// PastEntry is a figure to be entered.
type PastEntry struct {
	Indicator string `json:"indicator" minLength:"1" maxLength:"130"`
	From      string `json:"from" format:"date" doc:"First day of the period; as long as those of the report it is to stand beside, so that it is found for it."`
	To        string `json:"to" format:"date" doc:"Last day; not after today."`
	Value     string `json:"value" maxLength:"24" doc:"Decimal text; empty takes the figure back."`
	Source    string `json:"source" minLength:"1" maxLength:"500" doc:"Where it comes from, such as the number and date of a document."`
	Version   *int   `json:"version,omitempty" minimum:"0" doc:"The newest that was read, 0 where there was none; left out, it is not compared."`
}

func (s *server) enterPastFigures(ctx context.Context, in *enterPastFiguresInput) (*Answer[List[PastFigure]], error) {
	wanted := form.PastInput{AgencyID: in.ID.ID}
	for i, e := range in.Body.Figures {
		entry := form.PastEntry{Indicator: e.Indicator, Value: e.Value, Source: e.Source, Version: e.Version}
		var err error
		if entry.From, err = parseDay(fmt.Sprintf("figures[%d].from", i), e.From); err != nil {
			return nil, err
		}
		if entry.To, err = parseDay(fmt.Sprintf("figures[%d].to", i), e.To); err != nil {
			return nil, err
		}
		wanted.Figures = append(wanted.Figures, entry)
	}
	list, err := s.Service.EnterPastFigures(ctx, who(ctx), wanted)
	if err != nil {
		return nil, err
	}
	return &Answer[List[PastFigure]]{listOf(list, "", pastFigureOf)}, nil
}
