"""Every demand of the five plans' texts that a plan file can hold is in its file, where it belongs.

Each row quotes the text in its own order, then names the place in the file and words that are written there.
What the text asks of a report, a page or a person is no row: it has no place in a plan.
"""

import msgspec
import pytest

from tests.support.plans import shipped_plans

Demand = tuple[str, str, str]

KIEN_HUNG: list[Demand] = [
    ("Thực hiện Kế hoạch số 134/KH-UBND ngày 01/7/2020", "basis.0", "134/KH-UBND"),
    ("và sự chỉ đạo của UBND quận Hà Đông", "basis.1", "UBND quận Hà Đông"),
    ("Đánh giá khách quan, chính xác … của các bộ phận chuyên môn", "purposes.0", "các bộ phận chuyên môn"),
    ("Nắm bắt yêu cầu, mong muốn của người dân, tổ chức", "purposes.1", "biện pháp cải thiện"),
    ("khoa học, khách quan, khả thi, phù hợp", "requirements.0", "khoa học, khách quan, khả thi"),
    ("thống nhất với quy định của Thành phố", "requirements.1", "toàn Quận"),
    ("Các yếu tố, tiêu chí phải được xác định", "requirements.2", "số lượng, nội dung"),
    ("tin cậy, chính xác, đại diện", "requirements.3", "tin cậy, chính xác, đại diện"),
    ("giải pháp khắc phục những tồn tại, hạn chế", "requirements.3", "giải pháp khắc phục"),
    ("Tích hợp Chỉ số hài lòng … với Chỉ số CCHC", "requirements.4", "Chỉ số CCHC"),
    ("thiết thực, hiệu quả, tiết kiệm chi phí, thời gian", "requirements.4", "tiết kiệm chi phí"),
    (
        "người dân … hoàn thành giao dịch và nhận kết quả",
        "groups.nhan-ket-qua.frame",
        "trực tiếp giao dịch và nhận kết quả",
    ),
    ("Người dân, người đại diện tổ chức", "groups.nhan-ket-qua.respondents", "organisation"),
    ("Tự khảo sát theo tiêu chí tại Mẫu phiếu", "groups.nhan-ket-qua.mandatory", "service"),
    ("phát phiếu khảo sát trực tiếp và hướng dẫn", "groups.nhan-ket-qua.who", "trực tiếp và hướng dẫn"),
    ("bỏ phiếu vào Hòm phiếu tại bộ phận 1 cửa", "steps.0.name", "hòm phiếu"),
    ("định kỳ tiến hành tổng hợp, thu thập, nhập dữ liệu phiếu", "steps.1.name", "nhập dữ liệu phiếu"),
    ("(theo mẫu gửi kèm)", "steps.1.name", "theo mẫu gửi kèm"),
    ("báo cáo UBND Quận (qua phòng Nội vụ)", "report_to", "qua phòng Nội vụ"),
    ("định kì ngày 20 hàng tháng", "report_day", "20"),
    ("thông báo kết quả khảo sát đến toàn thể cán bộ, công chức", "steps.3.to", "Toàn thể cán bộ, công chức"),
    ("rà soát, chỉ đạo khắc phục những hạn chế", "steps.3.name", "rà soát, chỉ đạo khắc phục"),
    ("Tham mưu UBND phường ban hành Kế hoạch", "tasks.0", "Văn phòng HĐND & UBND phường"),
    ("tuyên truyền, vận động người dân, tổ chức", "tasks.1.name", "Tuyên truyền, vận động"),
    ("Tham mưu UBND phường có giải pháp cải thiện", "tasks.2.name", "giải pháp cải thiện"),
    ("thu thập và tổng hợp phiếu … về Đầu mối kiểm soát", "tasks.3.to", "Đầu mối kiểm soát"),
    ("nội dung, chương trình, lịch phát thanh", "tasks.4", "lịch phát thanh"),
    ("Bộ phận Văn hóa - xã hội, Đài truyền thanh", "tasks.4.owner", "Đài truyền thanh"),
    ("đăng tải trên Trang thông tin điện tử phường", "tasks.5.name", "Trang thông tin điện tử phường"),
    ("để người dân dễ dàng tiếp cận thông tin", "tasks.5.name", "dễ dàng tiếp cận thông tin"),
    ("Nơi nhận: UBND quận", "recipients.0", "UBND quận"),
    ("Phòng Nội vụ quận", "recipients.1", "Phòng Nội vụ quận"),
    ("Các bộ phận chuyên môn", "recipients.2", "Các bộ phận chuyên môn"),
    ("Lưu: VT", "recipients.3.purpose", "file"),
    ("TM. ỦY BAN NHÂN DÂN", "signer.capacity", "TM. ỦY BAN NHÂN DÂN"),
    ("Q. CHỦ TỊCH", "signer.title", "Q. CHỦ TỊCH"),
    ("không có chỉ tiêu số phiếu", "undecided", "không đặt chỉ tiêu"),
]

QUANG_BINH: list[Demand] = [
    ("khoản 7.4.1 Sổ tay chất lượng", "basis.0", "khoản 7.4.1 Sổ tay chất lượng"),
    ("Quyết định số 29/QĐ-STP ngày 05/01/2018", "basis.1", "29/QĐ-STP"),
    ("công bố Mục tiêu chất lượng", "objectives.0", "29/QĐ-STP"),
    ("(tỷ lệ của mục tiêu không có trong văn bản)", "undecided.0", "không ghi con số"),
    ("phân tích, đánh giá và xây dựng kế hoạch cải tiến", "purposes.0", "kế hoạch cải tiến"),
    ("xây dựng kế hoạch cải tiến", "tasks.1.name", "kế hoạch cải tiến"),
    ("Đối với các phòng chuyên môn … nội dung tham khảo", "purposes.1", "nội dung tham khảo"),
    ("khoa học, khách quan, dân chủ, minh bạch", "requirements.0", "dân chủ, minh bạch"),
    ("làm rõ ưu điểm và hạn chế", "requirements.0", "làm rõ ưu điểm và hạn chế"),
    ("Phòng Xây dựng và Kiểm tra văn bản QPPL", "groups.phong-van-ban.who", "Xây dựng và Kiểm tra văn bản"),
    ("Văn phòng Sở (tại Bộ phận tiếp nhận)", "groups.van-phong-so.who", "Văn phòng Sở"),
    ("các sở, ban, ngành cấp tỉnh có liên quan", "groups.phong-van-ban.frame", "sở, ban, ngành cấp tỉnh"),
    ("thẩm định, góp ý dự thảo văn bản", "groups.phong-van-ban.frame", "thẩm định, góp ý dự thảo"),
    ("về cấp Phiếu Lý lịch tư pháp", "groups.van-phong-so.frame", "Phiếu Lý lịch tư pháp"),
    ("lập riêng đối với từng phòng và bộ phận", "groups.van-phong-so.survey", "quang-binh-cong-dan"),
    ("lập riêng đối với từng phòng và bộ phận", "groups.phong-van-ban.survey", "quang-binh-to-chuc"),
    ("các phòng thiết kế lại cho phù hợp", "tasks.0.name", "Thiết kế lại mẫu phiếu"),
    *(
        (words, f"groups.{group}.mandatory", criterion)
        for group in ("van-phong-so", "phong-van-ban")
        for words, criterion in (
            ("Về thái độ, trách nhiệm, tác phong của công chức", "attitude"),
            ("Cơ sở vật chất và điều kiện hỗ trợ", "facilities"),
            ("Các nội dung về công khai công vụ", "openness"),
            ("Về quy trình xử lý", "process"),
            ("Về thủ tục hành chính", "procedures"),
            ("Về thời gian giải quyết", "time"),
            ("Về phí, lệ phí (nếu có)", "fees"),
            ("Về chất lượng, nội dung dịch vụ", "quality"),
            ("Về mức độ hài lòng chung", "overall"),
        )
    ),
    ("các phòng chuyên môn có thể bổ sung các tiêu chí khác", "undecided.2", "bổ sung tiêu chí"),
    ("thường xuyên hàng năm theo định kỳ", "requirements.1", "thường xuyên hàng năm"),
    (
        "sửa đổi những nội dung không còn phù hợp và bổ sung",
        "undecided.1",
        "sửa đổi nội dung không còn phù hợp",
    ),
    ("từ ngày 01/4/2018", "groups.van-phong-so.starts", "2018-04-01"),
    ("đến 31/8/2018", "groups.van-phong-so.ends", "2018-08-31"),
    ("từ ngày 01/7/2018", "groups.phong-van-ban.starts", "2018-07-01"),
    ("đến 31/8/2018", "groups.phong-van-ban.ends", "2018-08-31"),
    ("bằng công văn gửi qua đường bưu điện", "groups.phong-van-ban.channels", "post"),
    ("Từ ngày 01/9/2018", "steps.2.starts", "2018-09-01"),
    ("đến 20/9/2018", "steps.2.ends", "2018-09-20"),
    ("lập Báo cáo … gửi Tổ Thư ký", "steps.2.to", "Tổ Thư ký"),
    ("trình Lãnh đạo Sở và QMR để tiếp tục chỉ đạo", "steps.3.to", "Lãnh đạo Sở và QMR"),
    ("Sở KHCN", "recipients.0", "Sở KHCN"),
    ("Lãnh đạo Sở", "recipients.1", "Lãnh đạo Sở"),
    ("Phòng KSTTHC, Văn phòng UBND tỉnh", "recipients.2", "Văn phòng UBND tỉnh"),
    ("Các phòng, các tổ chức giúp việc thuộc Sở", "recipients.3", "tổ chức giúp việc"),
    ("Lưu VT+TTK (02)", "recipients.4.copies", "2"),
    ("GIÁM ĐỐC", "signer.title", "GIÁM ĐỐC"),
]

THACH_HA: list[Demand] = [
    ("Thực hiện Điều khoản 9.1.2 … ISO 9001:2015", "basis.0", "9.1.2"),
    ("theo Tiêu chuẩn TCVN ISO 9001:2015", "purposes.0", "TCVN ISO 9001:2015"),
    ("Chỉ ra các yếu tố ảnh hưởng", "purposes.1", "yếu tố ảnh hưởng"),
    ("môi trường làm việc hiện đại, văn hóa", "purposes.2", "môi trường làm việc hiện đại"),
    ("Khách hàng nội bộ", "groups.noi-bo.respondents", "staff"),
    ("tổ chức, công dân (trực tiếp, gián tiếp)", "groups.ben-ngoai.frame", "trực tiếp, gián tiếp"),
    ("(gián tiếp)", "groups.ben-ngoai.channels", "phone"),
    ("(gián tiếp)", "groups.ben-ngoai.channels", "post"),
    ("Biểu mẫu BM.VP.07.02", "groups.noi-bo.form_code", "BM.VP.07.02"),
    ("và BM.VP.07.03", "groups.ben-ngoai.form_code", "BM.VP.07.03"),
    ("n = 138", "sample.stated", "138"),
    ("p = 90%", "sample.share", "0.9"),
    ("dựa vào kết quả khảo sát năm trước để tính", "sample.source", "năm trước"),
    ("Sai số ước lượng = 0,05", "sample.margin", "0.05"),
    ("Z(1-a/2) = 1,96", "sample.z", "1.96"),
    ("n = 98 mẫu (tương đương 35.12 %)", "groups.noi-bo.stated_share", "0.3512"),
    ("số cán bộ, công chức, viên chức thuộc 12 phòng", "groups.noi-bo.population", "279"),
    ("n = 40 mẫu (tương đương 30 %)", "groups.ben-ngoai.stated_share", "0.3"),
    ("Chọn mẫu ngẫu nhiên", "design", "random"),
    ("Hướng dẫn … cho Tổ giúp việc Ban Chỉ đạo ISO", "steps.0.to", "Tổ giúp việc Ban Chỉ đạo ISO"),
    ("16/11/2021", "steps.0.ends", "2021-11-16"),
    ("Phát phiếu nội bộ 17/11", "steps.1.starts", "2021-11-17"),
    ("Phát phiếu bên ngoài đến 20/11", "steps.2.ends", "2021-11-20"),
    ("20/11 là thứ Bảy", "hours.0.days", "sat"),
    ("20/11 là thứ Bảy", "hours.1.days", "sat"),
    ("Nhập số liệu 20/11", "steps.3.ends", "2021-11-20"),
    ("Phân tích số liệu 20/11", "steps.4.ends", "2021-11-20"),
    ("Báo cáo kết quả 21/11", "steps.5.ends", "2021-11-21"),
    *(
        (f"Thành viên Tổ giúp việc BCĐ ISO thuộc {who}: {forms}", f"groups.{group}.parts.{part}", needed)
        for group, part, who, forms in (
            ("noi-bo", "phong-chuyen-mon", "các phòng chuyên môn và Văn phòng NTM", 63),
            ("noi-bo", "trung-tam-van-hoa-truyen-thong", "Trung tâm Văn hóa - Truyền thông", 5),
            ("noi-bo", "ban-quan-ly-du-an", "Ban Quản lý dự án đầu tư xây dựng huyện", 10),
            ("noi-bo", "trung-tam-y-te", "Trung tâm Y tế huyện", 20),
            ("ben-ngoai", "trung-tam-hanh-chinh-cong", "Trung tâm Hành chính công", 40),
        )
        for needed in (who, f'"forms":{forms}')
    ),
    ("Các phòng chuyên môn, Văn phòng NTM", "groups.noi-bo.parts.phong-chuyen-mon.units", "13"),
    ("hoàn thành trước ngày 22/11/2021", "tasks.0.before", "2021-11-22"),
    ("phòng, ban, trung tâm trực thuộc phối hợp", "tasks.0.owner", "Các phòng, ban, trung tâm trực thuộc"),
    ("(không có số, ngày, nơi nhận)", "undecided.0", "Số, ngày ban hành, nơi nhận"),
]

NHA_TRANG: list[Demand] = [
    ("Căn cứ Quyết định số 2072/QĐ-UBND ngày 12/8/2014", "basis.0", "2072/QĐ-UBND"),
    ("Căn cứ Quyết định số 1118/QĐ-UBND ngày 19/5/2023", "basis.1", "1118/QĐ-UBND"),
    ("Căn cứ Quyết định số 50/QĐ-UBND ngày 13/01/2023", "basis.2", "50/QĐ-UBND"),
    ("đo lường khách quan, chính xác", "purposes.0", "khách quan, chính xác"),
    ("những mặt mạnh, những điểm yếu và nguyên nhân", "purposes.1", "nguyên nhân"),
    ("Làm căn cứ phục vụ đánh giá, xếp hạng", "purposes.2", "xếp hạng"),
    ("UBND các xã, phường", "groups.ubnd-xa-phuong.units", "27"),
    ("Các trạm y tế xã, phường", "groups.tram-y-te.units", "27"),
    ("06 đơn vị sự nghiệp giáo dục", "groups.truong-hoc.units", "6"),
    ("02 mầm non, 02 tiểu học, 02 trung học cơ sở", "undecided.0", "02 mầm non, 02 tiểu học"),
    *(
        (
            "mẫu phiếu do Sở Nội vụ tỉnh Khánh Hòa chuyển giao",
            f"groups.{group}.form_source",
            "Sở Nội vụ tỉnh Khánh Hòa",
        )
        for group in ("ubnd-xa-phuong", "tram-y-te", "truong-hoc")
    ),
    ("do các điều tra viên thực hiện", "groups.ubnd-xa-phuong.who", "Điều tra viên"),
    ("Phỏng vấn trực tiếp", "groups.ubnd-xa-phuong.channels", "interview"),
    ("Gửi phiếu điều tra (qua đường bưu điện)", "groups.ubnd-xa-phuong.channels", "post"),
    ("60 phiếu/đơn vị", "groups.ubnd-xa-phuong.per_unit", "60"),
    ("truy xuất từ phần mềm Một cửa điện tử", "groups.ubnd-xa-phuong.frame", "phần mềm Một cửa điện tử"),
    ("50 phiếu/đơn vị, trực tiếp tại đơn vị", "groups.tram-y-te.frame", "trực tiếp tại đơn vị"),
    ("phụ huynh học sinh (năm học 2022-2023)", "groups.truong-hoc.frame", "2022-2023"),
    ("trên cơ sở phương pháp hạn ngạch", "design", "quota"),
    ("khối lượng hồ sơ, công việc trên từng lĩnh vực", "groups.ubnd-xa-phuong.frame", "từng lĩnh vực"),
    ("số lượng khách giao dịch", "groups.ubnd-xa-phuong.frame", "số lượng khách giao dịch"),
    ("01 đơn vị tư vấn độc lập", "consultant.role", "đơn vị tư vấn độc lập"),
    ("tài liệu, biểu mẫu phục vụ tác nghiệp: theo Hợp đồng", "consultant.contract", "Hợp đồng"),
    ("Tổng hợp thông tin khách hàng, trước ngày 01/7/2023", "steps.0.before", "2023-07-01"),
    ("trường: cung cấp danh sách về Phòng Nội vụ", "tasks.0.to", "Phòng Nội vụ"),
    ("Phòng Nội vụ truy xuất danh sách", "tasks.1.name", "Truy xuất danh sách"),
    ("phương án điều tra chi tiết, dự toán, trước ngày 10/7/2023", "steps.1.before", "2023-07-10"),
    ("phương án điều tra chi tiết và dự toán kinh phí", "tasks.2.name", "dự toán kinh phí"),
    ("Phòng Tài chính - Kế hoạch tham mưu phê duyệt", "tasks.3.owner", "Phòng Tài chính - Kế hoạch"),
    ("Từ ngày 10/7/2023", "steps.2.starts", "2023-07-10"),
    ("đến ngày 30/9/2023", "steps.2.ends", "2023-09-30"),
    ("phúc tra, điều tra lại, điều tra bổ sung", "steps.3.name", "điều tra lại, điều tra bổ sung"),
    ("phúc tra tối thiểu 10%", "recheck_percent", "10"),
    ("đến ngày 25/10/2023", "steps.3.ends", "2023-10-25"),
    ("Nhập thông tin phiếu, đến ngày 05/11/2023", "steps.4.ends", "2023-11-05"),
    ("chuyển dữ liệu khảo sát đến Sở Nội vụ", "steps.5.to", "Sở Nội vụ"),
    ("trên cơ sở dữ liệu đã được Sở Nội vụ phân tích", "steps.5.name", "đã được Sở Nội vụ phân tích"),
    ("Trước ngày 20/11/2023", "steps.5.before", "2023-11-20"),
    ("gửi kết quả khảo sát về Sở Nội vụ", "steps.6.to", "Sở Nội vụ"),
    ("Trước ngày 05/12/2023", "steps.6.before", "2023-12-05"),
    ("Công bố kết quả, trước ngày 15/12/2023", "steps.7.before", "2023-12-15"),
    ("Thông tư số 109/2016/TT-BTC", "budget.basis.0", "109/2016/TT-BTC"),
    ("hướng dẫn của Sở Tài chính, Sở Nội vụ", "budget.basis.1", "Sở Tài chính"),
    ("nguồn kinh phí cải cách hành chính", "budget.source", "kinh phí cải cách hành chính"),
    ("phổ biến rộng rãi nội dung kế hoạch", "tasks.4.name", "phổ biến rộng rãi"),
    ("tạo điều kiện, hỗ trợ các điều tra viên", "tasks.5.name", "hỗ trợ các điều tra viên"),
    ("tuyên truyền thông tin về cuộc khảo sát", "tasks.6.name", "về cuộc khảo sát"),
    ("và kết quả khảo sát", "tasks.7.name", "về kết quả khảo sát"),
    ("theo dõi, chủ động hỗ trợ lực lượng điều tra viên", "tasks.8.name", "chủ động hỗ trợ"),
    ("báo cáo Sở Nội vụ đúng theo thời hạn", "tasks.9.before", "2023-12-05"),
    ("Phòng Giáo dục và Đào tạo … lựa chọn các đơn vị", "tasks.10.owner", "Phòng Giáo dục và Đào tạo"),
    ("đôn đốc các đơn vị gửi danh sách", "tasks.11.name", "Đôn đốc"),
    ("Sở Nội vụ tỉnh KH (VBĐT)", "recipients.0.electronic", "true"),
    ("TT Thành ủy, TT HĐND TP (b/c)", "recipients.1.purpose", "report"),
    ("Các phòng: Nội vụ, Tài chính - Kế hoạch; …", "recipients.2", "Tài chính - Kế hoạch"),
    ("UBND các xã, phường (VBĐT)", "recipients.3", "UBND các xã, phường"),
    ("Trạm y tế các xã, phường (VBĐT)", "recipients.4", "Trạm y tế"),
    ("Các trường học được khảo sát", "recipients.5", "trường học"),
    ("Trang thông tin điện tử thành phố", "recipients.6", "Trang thông tin điện tử"),
    ("Lưu: VT, NV (10b)", "recipients.7.copies", "10"),
    ("TM. ỦY BAN NHÂN DÂN CHỦ TỊCH", "signer", "TM. ỦY BAN NHÂN DÂN"),
]

VAN_THANG: list[Demand] = [
    ("Căn cứ Quyết định số 06/QĐ-UBND ngày 30 tháng 01 năm 2023", "basis.0", "06/QĐ-UBND"),
    ("Căn cứ Kế hoạch số 180/KH-UBND ngày 19/5/2023", "basis.1", "180/KH-UBND"),
    ("giải pháp khắc phục những hạn chế, thiếu sót", "basis.1", "giải pháp khắc phục"),
    ("những mặt mạnh, những điểm yếu và nguyên nhân", "purposes.1", "nguyên nhân"),
    ("đánh giá, xếp loại cán bộ, công chức", "purposes.2", "xếp loại cán bộ, công chức"),
    ("Bộ phận Tiếp nhận và Trả kết quả xã", "groups.khach-hang.name", "Tiếp nhận và Trả kết quả"),
    ("danh sách khách hàng … trong năm 2023", "groups.khach-hang.frame", "năm 2023"),
    ("Tất cả danh sách khách hàng từ thời điểm tiến hành khảo sát", "groups.khach-hang.frame", "tất cả"),
    ("Tất cả danh sách khách hàng", "design", "census"),
    ("hoàn thiện mẫu phiếu, trước ngày 30/8/2023", "steps.0.before", "2023-08-30"),
    ("Từ ngày 01/9/2023", "starts", "2023-09-01"),
    ("30/9/2023", "ends", "2023-09-30"),
    ("Kiểm tra thông tin phiếu, từ ngày 02/10/2023", "steps.2.starts", "2023-10-02"),
    ("06/10/2023", "steps.2.ends", "2023-10-06"),
    ("Tổng hợp báo cáo, từ ngày 09/10/2023", "steps.3.starts", "2023-10-09"),
    ("13/10/2023", "steps.3.ends", "2023-10-13"),
    ("tham mưu UBND xã và tổ chức triển khai", "tasks.0.owner", "Công chức Văn phòng - Thống kê"),
    ("cung cấp danh sách thông tin khách hàng", "tasks.1.name", "Cung cấp danh sách"),
    ("hỗ trợ phát, thu phiếu khảo sát", "tasks.2.name", "phát, thu phiếu"),
    ("vướng mắc cần báo cáo kịp thời Chủ tịch UBND xã", "tasks.3.to", "Chủ tịch UBND xã"),
    ("Nơi nhận: (VBĐT) Phòng Nội vụ huyện", "recipients.0.electronic", "true"),
    ("TT Đảng ủy, HĐND xã", "recipients.1", "HĐND xã"),
    ("Cán bộ, công chức xã", "recipients.2", "Cán bộ, công chức xã"),
    ("BP một cửa xã", "recipients.3", "BP một cửa xã"),
    ("Lưu: VT, dg 02b", "recipients.4.copies", "2"),
]

DEMANDS = {
    "kien-hung-2020": KIEN_HUNG,
    "nha-trang-2023": NHA_TRANG,
    "quang-binh-so-tu-phap-2018": QUANG_BINH,
    "thach-ha-2021": THACH_HA,
    "van-thang-2023": VAN_THANG,
}


def written(plan: str, place: str) -> str:
    """What the plan's file has at this place: keys, places in a list, and ids, joined by dots."""
    value = msgspec.json.decode(msgspec.json.encode(shipped_plans()[plan]))
    for step in place.split("."):
        if isinstance(value, dict):
            value = value.get(step, "")
        elif step.isdigit():
            value = value[int(step)] if int(step) < len(value) else ""
        else:
            value = next((entry for entry in value if entry["id"] == step), "")
    return msgspec.json.encode(value).decode()


@pytest.mark.parametrize("plan", DEMANDS)
def test_every_demand_is_in_the_plans_file(plan: str) -> None:
    missing = [
        f"“{words}” → {place}: {written(plan, place)}"
        for words, place, needed in DEMANDS[plan]
        if needed not in written(plan, place)
    ]
    assert missing == []


def test_every_shipped_plan_has_its_demands() -> None:
    assert DEMANDS.keys() == shipped_plans().keys()
