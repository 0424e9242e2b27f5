package api

import (
	"context"

	"dondoc/internal/paper"
)

// Letterhead is how an agency's documents begin and end, by titles only.
type Letterhead struct {
	Superior     string `json:"superior" maxLength:"200" doc:"Line of the agency above (cơ quan chủ quản); empty: none."`
	Name         string `json:"name" minLength:"1" maxLength:"200" doc:"The agency's own line (cơ quan ban hành)."`
	Abbreviation string `json:"abbreviation" minLength:"1" maxLength:"200" doc:"In symbols of documents." example:"UBND"`
	Place        string `json:"place" maxLength:"200" doc:"Name of the place (địa danh) before the date."`
	Collective   string `json:"collective" maxLength:"200" doc:"In whose name is signed (TM.); empty: the head alone leads the agency." example:"Ủy ban nhân dân"`
	Signing      string `json:"signing" enum:"head,deputy,ordered,mandate,acting" doc:"The head; KT. (deputy); TL. (by order); TUQ. (by mandate); Q. (acting head)."`
	Head         string `json:"head" minLength:"1" maxLength:"200" doc:"Title of the head." example:"Chủ tịch"`
	Signer       string `json:"signer,omitempty" maxLength:"200" doc:"Title of who signs for the head." example:"Phó Chủ tịch"`
	Version      int    `json:"version" minimum:"0" doc:"As it was read; 0: nobody has set it."`
}

// LetterheadView is the letterhead with the lines above the signature.
type LetterheadView struct {
	Letterhead
	Signature []string `json:"signature" doc:"The lines above the place of the signature."`
	Set       bool     `json:"set" doc:"Somebody has set it; else it follows from the agency's name and place in the tree."`
}

func letterheadOf(l paper.Letterhead) LetterheadView {
	return LetterheadView{
		Letterhead: Letterhead{
			Superior: l.Superior, Name: l.Name, Abbreviation: l.Abbreviation, Place: l.Place, Collective: l.Collective,
			Signing: string(l.Signing), Head: l.Head, Signer: l.Signer, Version: l.Version,
		},
		Signature: l.Signature(), Set: l.Set,
	}
}

func (s *server) letterhead(ctx context.Context, in *ID) (*versioned[LetterheadView], error) {
	found, err := s.Service.Letterhead(ctx, who(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &versioned[LetterheadView]{ETag: etag(found.Version), Body: letterheadOf(found)}, nil
}

type letterheadInput struct {
	ID
	Confirmed bool `header:"Confirmed-Warnings" doc:"true: the person has confirmed that what looks personal (privacy.unconfirmed) is official."`
	Body      Letterhead
}

func (s *server) setLetterhead(ctx context.Context, in *letterheadInput) (*versioned[LetterheadView], error) {
	b := in.Body
	kept, err := s.Service.SetLetterhead(ctx, who(ctx), paper.Letterhead{
		AgencyID: in.ID.ID, Superior: b.Superior, Name: b.Name, Abbreviation: b.Abbreviation, Place: b.Place, Collective: b.Collective,
		Signing: paper.Signing(b.Signing), Head: b.Head, Signer: b.Signer, Version: b.Version,
	})
	if err != nil {
		return nil, err
	}
	return &versioned[LetterheadView]{ETag: etag(kept.Version), Body: letterheadOf(kept)}, nil
}
