package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path"
	"slices"

	"dondoc/examples"
	"dondoc/internal/account"
	"dondoc/internal/calendar"
	"dondoc/internal/config"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/postgres"
)

// MovedPlan is the issued plan that LoadMovedSample follows.
const MovedPlan = "dong-nai-2016-2020.yaml"

// sampleFollowsBack is the number of days before today from which the sample's
// rounds are opened: less than a month, so that monthly rounds are not closed yet.
const sampleFollowsBack = 25

// mailDomain is reserved for examples (RFC 2606 style): no mail ever leaves to it.
const mailDomain = "dondoc.example"

// Sample is what a person needs to look around in a sample installation.
type Sample struct {
	Plan plan.Record
	// Banner in Vietnamese and English says that nothing here is real.
	Banner, BannerEN string
	Accounts         []SampleAccount
	// Loaded is false where the sample was there already.
	Loaded bool
}

// SampleAccount is a sign-in with what it shows.
type SampleAccount struct {
	Email, Name, Shows string
}

// LoadMovedSample loads the issued plan, moved by whole periods to the one that
// contains today, with sample people named by role who all have the given
// password, and follows it. A second call finds it all and changes nothing.
func LoadMovedSample(ctx context.Context, cfg config.Config, log *slog.Logger, password string) (sample Sample, err error) {
	r, err := open(ctx, cfg, log)
	if err != nil {
		return Sample{}, err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	now, err := r.business.Now(ctx)
	if err != nil {
		return Sample{}, err
	}
	p, source, years, err := movedSample(now.Year())
	if err != nil {
		return Sample{}, err
	}
	sample = Sample{Accounts: sampleAccounts()}
	sample.Banner, sample.BannerEN = sampleBanner(p, years)
	if id, err := r.store.PlanID(ctx, p.Code); err == nil {
		if sample.Plan, err = r.store.PlanRecord(ctx, id); err != nil || sample.Plan.State != plan.Draft {
			return sample, err
		}
	} else {
		if sample.Plan, err = r.store.LoadPlan(ctx, policy.Actor{}, p, source); err != nil {
			return sample, err
		}
	}
	sample.Loaded = true
	hash, err := sampleHash(ctx, password)
	if err != nil {
		return sample, err
	}
	if err := r.store.AddPeople(ctx, samplePeople(p), hash, p.ValidFrom.AddDays(-31), mailDomain); err != nil {
		return sample, err
	}
	zone, err := p.Zone()
	if err != nil {
		return sample, err
	}
	// A little back, so that a round that has come due and is still open is there to look at.
	from := calendar.DateOf(now, zone).AddDays(-sampleFollowsBack)
	sample.Plan, err = r.store.ActivatePlan(ctx, policy.Actor{}, sample.Plan.ID, sample.Plan.Version, from)
	return sample, err
}

func sampleHash(ctx context.Context, password string) (string, error) {
	hasher, err := account.NewHasher(account.DefaultCost, 1)
	if err != nil {
		return "", err
	}
	return hasher.Hash(ctx, password)
}

// readSample reads an example plan.
func readSample(name string) (p *plan.Plan, source []byte, err error) {
	if source, err = examples.Files.ReadFile(name); err != nil {
		return nil, nil, fmt.Errorf("read sample plan: %w", err)
	}
	p, problems := plan.Read(name, source, besideSample)
	if problems.HasErrors() {
		return nil, nil, fmt.Errorf("sample plan: %s", problems)
	}
	return p, source, nil
}

func besideSample(name string) ([]byte, error) { return examples.Files.ReadFile(path.Clean(name)) }

// movedSample reads the example and moves it to the period that contains the year.
func movedSample(year int) (p *plan.Plan, source []byte, years int, err error) {
	if p, source, err = readSample(MovedPlan); err != nil {
		return nil, nil, 0, err
	}
	if years = plan.YearsToContain(p, calendar.NewDate(year, 7, 1)); years == 0 {
		return p, source, 0, nil
	}
	if source, err = plan.Move(source, years); err != nil {
		return nil, nil, 0, err
	}
	var problems plan.Problems
	if p, problems = plan.Read(MovedPlan, source, besideSample); problems.HasErrors() {
		return nil, nil, 0, fmt.Errorf("moved sample plan: %s", problems)
	}
	return p, source, years, nil
}

// sampleBanner says in both languages that nothing here is real.
func sampleBanner(p *plan.Plan, years int) (vi, en string) {
	from, to := p.ValidFrom.Year-years, p.ValidTo.Year-years
	if years == 0 {
		return fmt.Sprintf("Dữ liệu mẫu: kế hoạch giai đoạn %d – %d. Không phải số liệu thật.", from, to),
			fmt.Sprintf("Sample data: plan of %d – %d. No real figures.", from, to)
	}
	return fmt.Sprintf("Dữ liệu mẫu: kế hoạch giai đoạn %d – %d dời sang giai đoạn %d – %d, giữ cơ cấu đơn vị cũ. Không phải số liệu thật.",
			from, to, p.ValidFrom.Year, p.ValidTo.Year),
		fmt.Sprintf("Sample data: the plan of %d – %d moved to %d – %d, structure of %d – %d. No real figures.",
			from, to, p.ValidFrom.Year, p.ValidTo.Year, from, to)
}

// samplePeople names the people of a sample of this plan, one per role and agency.
func samplePeople(p *plan.Plan) []postgres.Person {
	agencies := map[string]plan.Agency{}
	for _, a := range p.Agencies {
		agencies[a.Code] = a
	}
	var owners, reviewers []string
	add := func(list *[]string, code string) {
		if _, known := agencies[code]; known && !slices.Contains(*list, code) {
			*list = append(*list, code)
		}
	}
	for _, d := range p.Duties {
		for _, a := range d.Assignments {
			if !a.Role.Owes() {
				continue
			}
			add(&owners, a.Agency)
			switch {
			case d.Recipient.Reviewer != "":
				add(&reviewers, d.Recipient.Reviewer)
			case d.Recipient.Parent:
				add(&reviewers, agencies[a.Agency].Parent)
			default:
				add(&reviewers, d.Recipient.Agency)
			}
		}
	}
	var people []postgres.Person
	person := func(prefix, title string, role policy.Role, code string) {
		people = append(people, postgres.Person{
			Email: prefix + "." + code + "@" + mailDomain, Name: title + " " + agencies[code].Name, AgencyCode: code, Role: string(role),
		})
	}
	for _, code := range owners {
		person("daumoi", "Đầu mối", policy.FocalPoint, code)
		person("thutruong", "Thủ trưởng", policy.Head, code)
	}
	for _, code := range reviewers {
		person("theodoi", "Người theo dõi", policy.Supervisor, code)
	}
	person("banhanh", "Cơ quan ban hành", policy.PlanAuthority, p.Issuer)
	person("quantri", "Quản trị hệ thống", policy.Administrator, p.Issuer)
	return people
}

// sampleAccounts are the sign-ins worth trying first.
func sampleAccounts() []SampleAccount {
	return []SampleAccount{
		{"daumoi.xa-26422@" + mailDomain, "Đầu mối UBND xã Phước Thái", "việc của tôi, gửi báo cáo"},
		{"theodoi.huyen-740@" + mailDomain, "Người theo dõi, UBND huyện Long Thành", "báo cáo của các xã, xác nhận, trả lại"},
		{"theodoi.chi-cuc-pctnxh@" + mailDomain, "Người theo dõi, Chi cục Phòng, chống tệ nạn xã hội", "bảng theo dõi, xác nhận, trả lại"},
		{"banhanh.ubnd-tinh@" + mailDomain, "Cơ quan ban hành, UBND tỉnh", "toàn bộ kế hoạch"},
		{"quantri.ubnd-tinh@" + mailDomain, "Quản trị hệ thống", "tài khoản"},
	}
}
