"""Feedback 即时反馈: what people tell each other, asked for or not; praise stands on the company's wall."""
