section Section1;

// Ba bảng của tệp hailong.xlsx. Mỗi truy vấn tự đọc ba ô có tên trên trang "Bắt đầu":
//   DiaChi      địa chỉ trung tâm, như https://hailong.example.vn
//   MaTruyCap   mã truy cập (hl_…) do trung tâm cấp
//   Thang       tháng, như 2026-03; để trống: tháng này
// Truy vấn nào cũng đứng một mình: Excel không cho truy vấn vừa đọc trang tính qua truy vấn khác vừa gọi mạng.

// Từng phiếu của tháng, theo thứ tự trung tâm nhận được; trang sau do @odata.nextLink chỉ.
shared Phieu =
    let
        Cell = (name as text) => Excel.CurrentWorkbook(){[Name = name]}[Content]{0}[Column1],
        Written = (name as text) as text =>
            let value = Cell(name) in if value = null then "" else Text.Trim(Text.From(value)),
        Address = Text.TrimEnd(Written("DiaChi"), "/"),
        Month = Cell("Thang"),
        First =
            if Month = null or Month = "" then Date.StartOfMonth(Date.From(DateTime.LocalNow()))
            else if Value.Is(Month, type text) then
                #date(Number.FromText(Text.Start(Month, 4)), Number.FromText(Text.Middle(Month, 5, 2)), 1)
            else Date.StartOfMonth(Date.From(Month)),
        Last = Date.EndOfMonth(First),
        Feed = OData.Feed(
            Address & "/odata/",
            null,
            [Implementation = "2.0", Headers = [Authorization = "Bearer " & Written("MaTruyCap")]]
        ),
        Rows = Feed{[Name = "Responses", Signature = "table"]}[Data],
        Wanted = Table.SelectRows(Rows, each [day] >= First and [day] <= Last)
    in
        Wanted;

// Mức hài lòng của tháng theo đơn vị và câu hỏi, mỗi tỷ lệ cùng số lượt của nó.
shared HaiLong =
    let
        Cell = (name as text) => Excel.CurrentWorkbook(){[Name = name]}[Content]{0}[Column1],
        Written = (name as text) as text =>
            let value = Cell(name) in if value = null then "" else Text.Trim(Text.From(value)),
        Address = Text.TrimEnd(Written("DiaChi"), "/"),
        Month = Cell("Thang"),
        First =
            if Month = null or Month = "" then Date.StartOfMonth(Date.From(DateTime.LocalNow()))
            else if Value.Is(Month, type text) then
                #date(Number.FromText(Text.Start(Month, 4)), Number.FromText(Text.Middle(Month, 5, 2)), 1)
            else Date.StartOfMonth(Date.From(Month)),
        Answer = Json.Document(
            Web.Contents(
                Address,
                [
                    RelativePath = "v1/summary",
                    Query = [
                        from = Date.ToText(First, "yyyy-MM-dd"),
                        to = Date.ToText(Date.EndOfMonth(First), "yyyy-MM-dd"),
                        by = "unit"
                    ],
                    Headers = [Authorization = "Bearer " & Written("MaTruyCap"), Accept = "application/json"]
                ]
            )
        ),
        Share = (percent) => if percent = null then null else Number.FromText(percent, "en-US") / 100,
        Level = (row as record, level as text) =>
            if row[counts] = null then null else Record.FieldOrDefault(row[counts], level, null),
        Lines = List.Combine(
            List.Transform(
                Answer[surveys],
                (survey) =>
                    List.Transform(
                        survey[rows],
                        (row) => [
                            #"Đơn vị" = row[by][unit],
                            #"Biểu mẫu" = survey[survey],
                            #"Phiên bản" = survey[version],
                            #"Câu hỏi" = row[question],
                            #"Số lượt" = row[n],
                            #"Hài lòng" = Share(row[percent]),
                            #"Rất hài lòng (5)" = Level(row, "5"),
                            #"Hài lòng (4)" = Level(row, "4"),
                            #"Bình thường (3)" = Level(row, "3"),
                            #"Không hài lòng (2)" = Level(row, "2"),
                            #"Rất không hài lòng (1)" = Level(row, "1"),
                            #"Không áp dụng" = row[not_applicable],
                            #"Điểm trung bình" = row[mean]
                        ]
                    )
            )
        ),
        Result = Table.FromRecords(
            Lines,
            type table [
                #"Đơn vị" = text, #"Biểu mẫu" = text, #"Phiên bản" = Int64.Type, #"Câu hỏi" = text,
                #"Số lượt" = Int64.Type, #"Hài lòng" = Percentage.Type,
                #"Rất hài lòng (5)" = Int64.Type, #"Hài lòng (4)" = Int64.Type, #"Bình thường (3)" = Int64.Type,
                #"Không hài lòng (2)" = Int64.Type, #"Rất không hài lòng (1)" = Int64.Type,
                #"Không áp dụng" = Int64.Type, #"Điểm trung bình" = number
            ],
            MissingField.UseNull
        )
    in
        Result;

// Ba con số cạnh nhau theo đơn vị. Ô trống ở "Đã trả": chưa nhập đủ danh sách hồ sơ, không phải 0.
shared GiaoKetQua =
    let
        Cell = (name as text) => Excel.CurrentWorkbook(){[Name = name]}[Content]{0}[Column1],
        Written = (name as text) as text =>
            let value = Cell(name) in if value = null then "" else Text.Trim(Text.From(value)),
        Address = Text.TrimEnd(Written("DiaChi"), "/"),
        Month = Cell("Thang"),
        First =
            if Month = null or Month = "" then Date.StartOfMonth(Date.From(DateTime.LocalNow()))
            else if Value.Is(Month, type text) then
                #date(Number.FromText(Text.Start(Month, 4)), Number.FromText(Text.Middle(Month, 5, 2)), 1)
            else Date.StartOfMonth(Date.From(Month)),
        Answer = Json.Document(
            Web.Contents(
                Address,
                [
                    RelativePath = "v1/summary",
                    Query = [
                        from = Date.ToText(First, "yyyy-MM-dd"),
                        to = Date.ToText(Date.EndOfMonth(First), "yyyy-MM-dd"),
                        by = "unit"
                    ],
                    Headers = [Authorization = "Bearer " & Written("MaTruyCap"), Accept = "application/json"]
                ]
            )
        ),
        Share = (percent) => if percent = null then null else Number.FromText(percent, "en-US") / 100,
        Lines = List.Transform(
            Answer[handovers][rows],
            (row) => [
                #"Đơn vị" = row[by][unit],
                #"Đã trả" = row[returned],
                #"Đã quét" = row[tagged],
                #"Đã quét / đã trả" = Share(row[tagged_percent]),
                #"Lượt" = row[visits],
                #"Đã trả lời" = row[answered],
                #"Đã trả lời / lượt" = Share(row[percent])
            ]
        ),
        Result = Table.FromRecords(
            Lines,
            type table [
                #"Đơn vị" = text, #"Đã trả" = Int64.Type, #"Đã quét" = Int64.Type,
                #"Đã quét / đã trả" = Percentage.Type, #"Lượt" = Int64.Type, #"Đã trả lời" = Int64.Type,
                #"Đã trả lời / lượt" = Percentage.Type
            ],
            MissingField.UseNull
        )
    in
        Result;
