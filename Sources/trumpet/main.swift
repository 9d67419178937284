print("trumpet")
