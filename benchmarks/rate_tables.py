def overview(record, before=None):
    return ""
