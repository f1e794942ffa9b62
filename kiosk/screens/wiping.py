"""Touch is locked while staff clean the glass."""

from kiosk.screens.counting import CountingScreen


class WipingScreen(CountingScreen):
    """See `WipingView`."""

    title = "Đang lau màn hình"
    text = "Màn hình tạm khóa trong {seconds} giây."
    # Nothing can be touched here, not even the bell.
    small = "Cần giúp đỡ, xin hỏi cán bộ tại quầy."
