package rehearsal

import (
	"encoding/csv"
	"fmt"
	"strings"
)

const mailDomain = "dondoc.example"

// agency is a unit of the province as the rehearsal knows it.
type agency struct {
	code, name, level, parent string
}

// offices are the agencies that the plan names, written down by hand; the
// districts and communes come from the list of units.
var offices = []agency{
	{"ubnd-tinh", "UBND tỉnh Đồng Nai", "province", ""},
	{"so-ldtbxh", "Sở Lao động - Thương binh và Xã hội", "department", "ubnd-tinh"},
	{"chi-cuc-pctnxh", "Chi cục Phòng, chống tệ nạn xã hội", "sub_department", "so-ldtbxh"},
	{"ca-tinh", "Công an tỉnh", "department", "ubnd-tinh"},
	{"so-vhttdl", "Sở Văn hóa, Thể thao và Du lịch", "department", "ubnd-tinh"},
	{"so-gddt", "Sở Giáo dục và Đào tạo", "department", "ubnd-tinh"},
	{"so-y-te", "Sở Y tế", "department", "ubnd-tinh"},
	{"so-khdt", "Sở Kế hoạch và Đầu tư", "department", "ubnd-tinh"},
	{"so-tai-chinh", "Sở Tài chính", "department", "ubnd-tinh"},
	{"so-tu-phap", "Sở Tư pháp", "department", "ubnd-tinh"},
	{"so-cong-thuong", "Sở Công thương", "department", "ubnd-tinh"},
	{"so-tttt", "Sở Thông tin và Truyền thông", "department", "ubnd-tinh"},
	{"mttq-tinh", "Ủy ban Mặt trận tổ quốc Việt Nam tỉnh", "union", "ubnd-tinh"},
	{"hoi-lhpn-tinh", "Hội Liên hiệp Phụ nữ tỉnh", "union", "ubnd-tinh"},
	{"doan-tncs-tinh", "Đoàn Thanh niên Cộng sản Hồ Chí Minh tỉnh", "union", "ubnd-tinh"},
	{"ldld-tinh", "Liên đoàn Lao động tỉnh", "union", "ubnd-tinh"},
	{"vks-tinh", "Viện Kiểm sát nhân dân tỉnh", "judiciary", "ubnd-tinh"},
	{"ta-tinh", "Tòa án nhân dân tỉnh", "judiciary", "ubnd-tinh"},
}

// province is everyone who takes part.
type province struct {
	agencies map[string]agency
	// owners are the codes by level: "office", "district", "commune".
	offices, districts, communes []string
	people                       []person
	// duties are those whose rounds the calendar opens.
	duties []duty
}

// person holds posts at agencies.
type person struct {
	email, name string
	posts       []post
}

type post struct{ agency, role string }

// readProvince reads the list of units (code, name, level, parent_code) and
// adds the offices and the people.
func readProvince(units string) (*province, error) {
	rows, err := csv.NewReader(strings.NewReader(units)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("list of units: %w", err)
	}
	p := &province{agencies: map[string]agency{}}
	for _, o := range offices {
		p.agencies[o.code] = o
		p.offices = append(p.offices, o.code)
	}
	for _, row := range rows[1:] {
		code, name, level, parent := row[0], lowerFirst(row[1]), row[2], row[3]
		switch level {
		case "district":
			a := agency{"huyen-" + code, "UBND " + name, level, "ubnd-tinh"}
			p.agencies[a.code] = a
			p.districts = append(p.districts, a.code)
		case "commune":
			a := agency{"xa-" + code, "UBND " + name, level, "huyen-" + parent}
			p.agencies[a.code] = a
			p.communes = append(p.communes, a.code)
		}
	}
	if len(p.districts) != 11 || len(p.communes) != 170 {
		return nil, fmt.Errorf("list of units: %d districts and %d communes, not 11 and 170", len(p.districts), len(p.communes))
	}
	p.addPeople()
	p.duties = p.scheduled()
	return p, nil
}

func lowerFirst(s string) string {
	runes := []rune(s)
	return strings.ToLower(string(runes[:1])) + string(runes[1:])
}

const (
	focalPoint    = "focal_point"
	head          = "head"
	supervisor    = "supervisor"
	planAuthority = "plan_authority"
)

// Two communes are staffed otherwise than the rest: one has nobody who prepares
// reports, so that its head submits and the district is told in the focal
// point's place; in the other one person is both.
const (
	communeWithoutFocalPoint = 3
	communeWithOnePerson     = 5
)

var planAuthorityAddress = address("banhanh", "ubnd-tinh")

func (p *province) addPeople() {
	reviewers := append([]string{"ubnd-tinh", "so-ldtbxh", "chi-cuc-pctnxh", "so-tai-chinh"}, p.districts...)
	owners := []string{}
	for _, code := range p.offices {
		if code != "ubnd-tinh" && code != "chi-cuc-pctnxh" {
			owners = append(owners, code)
		}
	}
	owners = append(append(owners, p.districts...), p.communes...)
	for _, code := range owners {
		name := p.agencies[code].name
		switch code {
		case p.communes[communeWithoutFocalPoint]:
			p.people = append(p.people, person{address("thutruong", code), "Thủ trưởng " + name, []post{{code, head}}})
		case p.communes[communeWithOnePerson]:
			p.people = append(p.people, person{address("daumoi", code), "Đầu mối " + name, []post{{code, focalPoint}, {code, head}}})
		default:
			p.people = append(p.people,
				person{address("daumoi", code), "Đầu mối " + name, []post{{code, focalPoint}}},
				person{address("thutruong", code), "Thủ trưởng " + name, []post{{code, head}}})
		}
	}
	for _, code := range reviewers {
		p.people = append(p.people, person{address("theodoi", code), "Người theo dõi " + p.agencies[code].name, []post{{code, supervisor}}})
	}
	p.people = append(p.people, person{planAuthorityAddress, "Cơ quan ban hành", []post{{"ubnd-tinh", planAuthority}}})
}

func address(role, code string) string { return role + "." + code + "@" + mailDomain }

// mailboxOf is an agency's official mailbox.
func mailboxOf(code string) string { return address("vanthu", code) }

// holders are the addresses of the people with a role at an agency.
func (p *province) holders(agency, role string) []string {
	var emails []string
	for _, who := range p.people {
		for _, held := range who.posts {
			if held.agency == agency && held.role == role {
				emails = append(emails, who.email)
			}
		}
	}
	return emails
}

// submitter is who reports for an agency: its focal point, or its head where there is none.
func (p *province) submitter(agency string) string {
	if who := p.holders(agency, focalPoint); len(who) > 0 {
		return who[0]
	}
	return p.holders(agency, head)[0]
}

// reviewer is who decides for a reviewing agency.
func (p *province) reviewer(agency string) string { return p.holders(agency, supervisor)[0] }
