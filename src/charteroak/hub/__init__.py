"""The data integration hub: link runs, crosswalks, clerical review, extracts."""
